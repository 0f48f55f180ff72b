using System.CommandLine;
using AudienceSync.Domain.Audiences;
using AudienceSync.Host.Audiences;
using AudienceSync.Host.Audiences.Registry;
using AudienceSync.Host.Audiences.Verbs;
using AudienceSync.Host.Cli;
using AudienceSync.Host.EventStore;

namespace AudienceSync.Host.Projection.Verbs;

/// <summary>
/// <c>projections</c>: rebuilds membership from the log while the Host keeps running, shows the progress, and restores the former
/// generation.
/// </summary>
internal static class ProjectionsCommands
{
    public static Command Create(Func<string, string?> environment) =>
        new("projections", "Manage projections of the event log.") { Rebuild(environment), Status(environment), Undo(environment) };

    private static Command Rebuild(Func<string, string?> environment)
    {
        var projection = new Argument<string>("PROJECTION") { Description = "Projection to rebuild: membership." };
        projection.AcceptOnlyFromAmong("membership");
        var audience = new Option<string?>("--audience") { Description = "Only the rows of this key, for example cart_7d_v2." };
        var (workspace, json) = (Workspace(), Json());
        var rebuild = new Command("rebuild", "Rebuild alongside, verify, swap. Repeat an interrupted rebuild to continue or restart it.")
        {
            projection,
            audience,
            workspace,
            json,
        };
        rebuild.SetAction(
            (parsed, cancellationToken) =>
                DatabaseVerb.RunAsOwnerAsync(
                    parsed,
                    environment,
                    async connectionString =>
                    {
                        await using var run = await RebuildRun.OpenAsync(
                            connectionString,
                            Name(parsed, workspace),
                            parsed.InvocationConfiguration,
                            cancellationToken
                        );
                        return await run.RebuildAsync(parsed.GetValue(audience), parsed.GetValue(json), cancellationToken);
                    },
                    cancellationToken
                )
        );
        return rebuild;
    }

    private static Command Status(Func<string, string?> environment)
    {
        var (workspace, json) = (Workspace(), Json());
        var status = new Command("status", "Show the last rebuild: progress, drift, and whether it can be undone.") { workspace, json };
        status.SetAction(
            (parsed, cancellationToken) =>
                DatabaseVerb.RunAsOwnerAsync(
                    parsed,
                    environment,
                    async connectionString =>
                    {
                        await using var run = await RebuildRun.OpenAsync(
                            connectionString,
                            Name(parsed, workspace),
                            parsed.InvocationConfiguration,
                            cancellationToken
                        );
                        return await run.StatusAsync(parsed.GetValue(json), cancellationToken);
                    },
                    cancellationToken
                )
        );
        return status;
    }

    private static Command Undo(Func<string, string?> environment)
    {
        var (workspace, json) = (Workspace(), Json());
        var undo = new Command("undo", "Restore the generation that was live before the last rebuild, with all events since.")
        {
            workspace,
            json,
        };
        undo.SetAction(
            (parsed, cancellationToken) =>
                DatabaseVerb.RunAsOwnerAsync(
                    parsed,
                    environment,
                    async connectionString =>
                    {
                        await using var run = await RebuildRun.OpenAsync(
                            connectionString,
                            Name(parsed, workspace),
                            parsed.InvocationConfiguration,
                            cancellationToken
                        );
                        return await run.UndoAsync(parsed.GetValue(json), cancellationToken);
                    },
                    cancellationToken
                )
        );
        return undo;
    }

    /// <exception cref="RegistryException">key_unknown or name_invalid</exception>
    public static int? KeyOf(AudienceKeys keys, string? name) =>
        name is null
            ? null
            : keys.ByName(AudiencesVerbs.KeyOf(name).Value)?.KeyId ?? throw new RegistryException(AudienceRefusal.Unknown(name));

    private static WorkspaceName Name(ParseResult parsed, Option<string> workspace) => new(parsed.GetRequiredValue(workspace));

    private static Option<string> Workspace() => Arguments.Workspace();

    private static Option<bool> Json() => new("--json") { Description = "Output as JSON." };
}

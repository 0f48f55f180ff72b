using System.CommandLine;
using AudienceSync.Domain.Audiences;
using AudienceSync.Host.Storage;
using AudienceSync.Host.Storage.Audiences;

namespace AudienceSync.Host.Cli;

/// <summary><c>projections</c>: make membership anew from the log while everything goes on, see how far that is, bring the former one back.</summary>
internal static class ProjectionsCommands
{
    public static Command Create(Func<string, string?> environment) =>
        new("projections", "What is kept of the log to be asked and synced.") { Rebuild(environment), Status(environment), Undo(environment) };

    private static Command Rebuild(Func<string, string?> environment)
    {
        var projection = new Argument<string>("PROJECTION") { Description = "Which: membership." };
        projection.AcceptOnlyFromAmong("membership");
        var (audience, workspace, json) = (new Option<string?>("--audience") { Description = "Only the rows of this key: cart_7d_v2." }, Workspace(), Json());
        var rebuild = new Command("rebuild", "Make it anew beside the live one, check it and swap. Started again, it goes on or begins anew.")
        {
            projection, audience, workspace, json,
        };
        rebuild.SetAction((parsed, cancellationToken) => DatabaseVerb.RunAsync(parsed, environment, async connectionString =>
        {
            await using var run = await RebuildRun.OpenAsync(connectionString, Name(parsed, workspace), parsed.InvocationConfiguration, cancellationToken);
            return await run.RebuildAsync(parsed.GetValue(audience), parsed.GetValue(json), cancellationToken);
        }, cancellationToken));
        return rebuild;
    }

    private static Command Status(Func<string, string?> environment)
    {
        var (workspace, json) = (Workspace(), Json());
        var status = new Command("status", "The last rebuild: how far, what it found, and whether it can be undone.") { workspace, json };
        status.SetAction((parsed, cancellationToken) => DatabaseVerb.RunAsync(parsed, environment, async connectionString =>
        {
            await using var run = await RebuildRun.OpenAsync(connectionString, Name(parsed, workspace), parsed.InvocationConfiguration, cancellationToken);
            return await run.StatusAsync(parsed.GetValue(json), cancellationToken);
        }, cancellationToken));
        return status;
    }

    private static Command Undo(Func<string, string?> environment)
    {
        var (workspace, json) = (Workspace(), Json());
        var undo = new Command("undo", "Bring back the generation that was live before the last rebuild, with all that happened since.") { workspace, json };
        undo.SetAction((parsed, cancellationToken) => DatabaseVerb.RunAsync(parsed, environment, async connectionString =>
        {
            await using var run = await RebuildRun.OpenAsync(connectionString, Name(parsed, workspace), parsed.InvocationConfiguration, cancellationToken);
            return await run.UndoAsync(parsed.GetValue(json), cancellationToken);
        }, cancellationToken));
        return undo;
    }

    /// <exception cref="RegistryException">key_unknown or name_invalid</exception>
    public static int? KeyOf(AudienceKeys keys, string? name) => name is null ? null
        : keys.ByName(AudiencesVerbs.KeyOf(name).Value)?.KeyId ?? throw new RegistryException(AudienceRefusal.Unknown(name));

    private static WorkspaceName Name(ParseResult parsed, Option<string> workspace) => new(parsed.GetRequiredValue(workspace));

    private static Option<string> Workspace() => Arguments.Workspace();

    private static Option<bool> Json() => new("--json") { Description = "Answer as JSON." };
}

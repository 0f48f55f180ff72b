using System.CommandLine;
using System.Text.Json;
using AudienceSync.Connectors;
using AudienceSync.Connectors.Http;
using AudienceSync.Host.Cli;
using AudienceSync.Host.Configuration;
using AudienceSync.Host.EventStore;
using AudienceSync.Host.Ingest.Quarantine;
using AudienceSync.Host.Privacy.Keys;
using AudienceSync.Host.Privacy.Verbs;
using Microsoft.Extensions.Logging.Abstractions;

namespace AudienceSync.Host.Workspaces.Verbs;

/// <summary><c>quarantine</c>: lists, shows, releases and discards entries. Works with or without running Hosts.</summary>
internal sealed class QuarantineCommands(Func<string, string?> environment)
{
    private readonly Option<string> _workspace = Arguments.Workspace();
    private readonly Option<bool> _json = new("--json") { Description = "Output as JSON." };
    private readonly Option<string> _reason = new("--reason") { Description = "Only entries with this reason code." };
    private readonly Argument<Guid> _id = new("ID") { Description = "Entry id: the receipt that its sender received." };

    public static Command Create(Func<string, string?> environment)
    {
        var verbs = new QuarantineCommands(environment);
        return new Command("quarantine", "Manage events that could not be applied.")
        {
            verbs.List(),
            verbs.Show(),
            verbs.Release(),
            verbs.Discard(),
        };
    }

    private Command List()
    {
        var list = new Command("list", "List open entries, latest first.") { _reason, _workspace, _json };
        list.SetAction(
            (parsed, cancellationToken) =>
                RunAsync(
                    parsed,
                    cancellationToken,
                    async workspace =>
                        Print(
                            parsed,
                            await new QuarantineQueries(workspace.Get<WorkspaceDatabase>()).ListAsync(
                                1_000,
                                parsed.GetValue(_reason),
                                cancellationToken
                            ),
                            Line
                        )
                )
        );
        return list;
    }

    private Command Show()
    {
        var body = new Option<bool>("--body") { Description = "Also print the received body; it contains personal data." };
        var show = new Command("show", "Show an entry.") { _id, body, _workspace, _json };
        show.SetAction(
            (parsed, cancellationToken) =>
                RunAsync(
                    parsed,
                    cancellationToken,
                    async workspace =>
                    {
                        var shown = await workspace
                            .Get<QuarantineReleases>()
                            .ShowAsync(parsed.GetValue(_id), parsed.GetValue(body), cancellationToken);
                        return shown is null
                            ? UnknownEntry(parsed)
                            : Print(parsed, [shown], one => one.Body is null ? Line(one.Entry) : $"{Line(one.Entry)}\n{one.Body}");
                    }
                )
        );
        return show;
    }

    private Command Release()
    {
        var id = Arguments.Uuid("ID");
        id.Description = "Entry id.";
        var release = new Command("release", "Ingest quarantined events again.") { id, _reason, _workspace, _json };
        release.Validators.Add(parsed =>
        {
            if (parsed.IsGiven(id) == parsed.IsGiven(_reason))
            {
                parsed.AddError("Specify either an ID or --reason CODE.");
            }
        });
        release.SetAction(
            (parsed, cancellationToken) =>
                RunAsync(
                    parsed,
                    cancellationToken,
                    workspace =>
                        workspace.AppendingAsync(
                            async () =>
                            {
                                IReadOnlyList<ReleaseResult> results = parsed.GetValue(id) is { } one
                                    ? await workspace.Get<QuarantineReleases>().ReleaseAsync(one, cancellationToken) is { } result
                                        ? [result]
                                        : []
                                    : await workspace
                                        .Get<QuarantineReleases>()
                                        .ReleaseAllAsync(parsed.GetValue(_reason)!, 1_000, cancellationToken);
                                if (results.Count == 0)
                                {
                                    return UnknownEntry(parsed);
                                }

                                Print(
                                    parsed,
                                    results,
                                    result =>
                                        result.Code is { } code ? $"{result.Id} {result.Status}: {code}" : $"{result.Id} {result.Status}"
                                );
                                return results.All(result => result.Status == ReleaseResult.Released) ? ExitCodes.Done : ExitCodes.Failed;
                            },
                            cancellationToken
                        )
                )
        );
        return release;
    }

    private Command Discard()
    {
        var discard = new Command("discard", "Discard an entry.") { _id, _workspace, _json };
        discard.SetAction(
            (parsed, cancellationToken) =>
                RunAsync(
                    parsed,
                    cancellationToken,
                    async workspace =>
                        await workspace.Get<QuarantineReleases>().DiscardAsync(parsed.GetValue(_id), cancellationToken)
                            ? Print(
                                parsed,
                                [new ReleaseResult(parsed.GetValue(_id), ReleaseResult.Discarded, null, null)],
                                result => $"{result.Id} {result.Status}"
                            )
                            : UnknownEntry(parsed)
                )
        );
        return discard;
    }

    private int Print<T>(ParseResult parsed, IReadOnlyList<T> answers, Func<T, string> line)
    {
        var output = parsed.InvocationConfiguration.Output;
        if (parsed.GetValue(_json))
        {
            output.WriteLine(JsonSerializer.Serialize(answers, KeyStatusReport.JsonForm));
        }
        else
        {
            foreach (var answer in answers)
            {
                output.WriteLine(line(answer));
            }
        }

        return ExitCodes.Done;
    }

    private static string Line(QuarantineView entry) =>
        $"{entry.Id} {entry.State}{(entry.Refused ? " refused" : "")} {entry.Reason} {entry.AudienceKey ?? "-"} from {entry.Source}, "
        + $"seen {entry.Seen} times, last {entry.LastSeenAt.UtcDateTime:yyyy-MM-dd HH:mm:ss}Z";

    private static int UnknownEntry(ParseResult parsed)
    {
        parsed.InvocationConfiguration.Error.WriteLine("audiencesync: unknown_quarantine_entry: no such open entry.");
        return ExitCodes.Failed;
    }

    // The whole workspace as serve opens it, without its loops, because the source settings determine how a body is read.
    private Task<int> RunAsync(ParseResult parsed, CancellationToken cancellationToken, Func<Workspace, Task<int>> work) =>
        DatabaseVerb.RunAsync(
            parsed,
            environment,
            async connectionString =>
            {
                var settings = HostSettings.FromEnvironment(environment);
                var loader = new ConfigLoader(settings.ConfigPath, environment);
                using var network = PlatformHttp.CreateHandler();
                var name = parsed.GetRequiredValue(_workspace);
                var config =
                    loader.Load().Workspaces.GetValueOrDefault(name) ?? throw loader.Invalid($"workspace {name} is not configured");
                var plan = new WorkspacePlanner(loader, new DestinationDependencies(network, TimeProvider.System, new Random(1))).Plan(
                    name,
                    config
                );
                var given = new WorkspaceDependencies(
                    MasterKeyLoader.Load(settings),
                    TimeProvider.System,
                    () => 0.5,
                    NullLoggerFactory.Instance,
                    $"cli/{Environment.ProcessId}"
                );
                await using var workspace = await Workspace.OpenAsync(connectionString, plan, given, declare: false, cancellationToken);
                return await work(workspace);
            },
            cancellationToken
        );
}

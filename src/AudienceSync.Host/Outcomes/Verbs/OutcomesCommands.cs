using System.CommandLine;
using AudienceSync.Host.Cli;

namespace AudienceSync.Host.Outcomes.Verbs;

/// <summary><c>outcomes</c>: the outcomes of messages, by the running Host.</summary>
internal static class OutcomesCommands
{
    /// <summary>Creates the command.</summary>
    public static Command Create(Func<string, string?> environment)
    {
        var from = new Option<string>("--from")
        {
            Description = "Start of the period, by time of receipt: 2026-11-30 or 2026-11-30T09:00Z.",
            Required = true,
        };
        var to = new Option<string?>("--to") { Description = "Its end, which does not belong to it; now when omitted." };
        var workspace = Arguments.Workspace();
        var replay = new Command(
            "replay",
            "Read stored reports of a period again. What is in the log already is a duplicate; held reports are released if they can be "
                + "read now."
        )
        {
            from,
            to,
            workspace,
        };
        replay.SetAction(
            (parsed, cancellationToken) =>
                HostVerb.RunAsync(
                    parsed,
                    async () =>
                    {
                        using var host = new HostClient(environment);
                        var path = HostVerb.In("/v1/outcomes/replay", parsed.GetValue(workspace));
                        path += (path.Contains('?', StringComparison.Ordinal) ? "&from=" : "?from=") + Text(parsed.GetValue(from));
                        path += parsed.GetValue(to) is { } end ? "&to=" + Text(end) : "";
                        return await host.SendAsync(HttpMethod.Post, path, null, HostVerb.Console(parsed), cancellationToken);
                    }
                )
        );
        return new Command("outcomes", "Replay the outcomes of messages.") { replay };
    }

    private static string Text(string? value) => Uri.EscapeDataString(value ?? "");
}

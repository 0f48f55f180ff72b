using System.CommandLine;
using AudienceSync.Host.Cli;

namespace AudienceSync.Host.Ingest.Verbs;

/// <summary><c>events</c>: what a sender sent, as the running Host has kept it, and files of events.</summary>
internal static class EventsCommands
{
    /// <param name="environment">Environment variables of the process.</param>
    /// <param name="clock">Clock of an import.</param>
    public static Command Create(Func<string, string?> environment, TimeProvider clock)
    {
        var id = new Argument<Guid>("EVENT") { Description = "Event id: the receipt that its sender received." };
        var workspace = Arguments.Workspace();
        var body = new Command("body", "Show the request that brought an event. It contains personal data, and is kept for 14 days.")
        {
            id,
            workspace,
        };
        body.SetAction(
            (parsed, cancellationToken) =>
                HostVerb.RunAsync(
                    parsed,
                    async () =>
                    {
                        using var host = new HostClient(environment);
                        var path = HostVerb.In($"/v1/events/{parsed.GetValue(id)}/body", parsed.GetValue(workspace));
                        return await host.SendAsync(HttpMethod.Get, path, null, HostVerb.Console(parsed), cancellationToken);
                    }
                )
        );
        return new Command("events", "Show what senders sent, and import events.") { body, ImportCommand.Create(environment, clock) };
    }
}

using System.CommandLine;
using AudienceSync.Host.Cli;

namespace AudienceSync.Host.Messages;

/// <summary><c>messages dead</c>: lists, replays and discards messages that failed for good. Through the running Host, as JSON.</summary>
internal static class MessagesCommands
{
    private const string Dead = "/v1/messages/dead";

    public static Command Create(Func<string, string?> environment) =>
        new("messages", "Manage the durable messages of the Hosts.")
        {
            new Command("dead", "Manage messages that failed for good.")
            {
                List(environment),
                Act(environment, "replay", "Handle a message once more."),
                Act(environment, "discard", "Remove a message without handling it."),
            },
        };

    private static Command List(Func<string, string?> environment)
    {
        var list = new Command("list", "List messages that failed for good.");
        list.SetAction((parsed, cancellationToken) => SendAsync(parsed, environment, HttpMethod.Get, Dead, cancellationToken));
        return list;
    }

    private static Command Act(Func<string, string?> environment, string verb, string description)
    {
        var id = new Argument<Guid>("ID") { Description = "Message id, as shown by messages dead list." };
        var act = new Command(verb, description) { id };
        act.SetAction(
            (parsed, cancellationToken) =>
                SendAsync(parsed, environment, HttpMethod.Post, $"{Dead}/{parsed.GetValue(id)}/{verb}", cancellationToken)
        );
        return act;
    }

    private static Task<int> SendAsync(
        ParseResult parsed,
        Func<string, string?> environment,
        HttpMethod method,
        string path,
        CancellationToken cancellationToken
    ) =>
        HostVerb.RunAsync(
            parsed,
            async () =>
            {
                using var host = new HostClient(environment);
                return await host.SendAsync(method, path, null, HostVerb.Console(parsed), cancellationToken);
            }
        );
}

using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using AudienceSync.Host.Cli;

namespace AudienceSync.Host.Feedback;

/// <summary><c>feedback</c>: what was reported to senders. From the running Host, so it also works from another machine.</summary>
internal static class FeedbackCommands
{
    public static Command Create(Func<string, string?> environment) =>
        new("feedback", "Show what is reported back to the senders of webhooks.") { List(environment) };

    private static Command List(Func<string, string?> environment)
    {
        var workspace = Arguments.Workspace();
        var json = new Option<bool>("--json") { Description = "Output as JSON." };
        var limit = new Option<int?>("--limit") { Description = "At most so many pages, 1 to 1000; 100 when omitted." };
        var list = new Command("list", "List sources with how far they are behind, and the latest pages that were sent to them.")
        {
            limit,
            workspace,
            json,
        };
        list.SetAction(
            (parsed, cancellationToken) =>
                HostVerb.RunAsync(
                    parsed,
                    async () =>
                    {
                        using var host = new HostClient(environment);
                        var rows = parsed.GetValue(limit) is { } given ? "limit=" + given.ToString(CultureInfo.InvariantCulture) : null;
                        var named = parsed.GetValue(workspace) is { } name ? "workspace=" + Uri.EscapeDataString(name) : null;
                        var query = string.Join('&', new[] { rows, named }.OfType<string>());
                        return await host.PrintAsync(
                            query.Length == 0 ? "/v1/feedback" : "/v1/feedback?" + query,
                            parsed.GetValue(json),
                            Print,
                            HostVerb.Console(parsed),
                            cancellationToken
                        );
                    }
                )
        );
        return list;
    }

    private static void Print(TextWriter output, JsonElement view)
    {
        TextTable.Print(
            output,
            ["source", "state", "open", "dead", "stream", "position", "lag", "since"],
            view.GetProperty("sources").EnumerateArray().SelectMany(SourceRows)
        );
        TextTable.Print(
            output,
            ["source", "stream", "from", "to", "state", "opened", "tries", "items", "accepted", "http", "codes"],
            view.GetProperty("sends").EnumerateArray().Select(SendRow)
        );
    }

    private static IEnumerable<string[]> SourceRows(JsonElement source) =>
        source
            .GetProperty("streams")
            .EnumerateArray()
            .Select(stream =>
                new[]
                {
                    Text(source, "source"),
                    Text(source, "stopped_code") is "-" ? "following" : "stopped " + Text(source, "stopped_code"),
                    $"{source.GetProperty("open_pages")}",
                    $"{source.GetProperty("dead_pages")}",
                    Text(stream, "stream"),
                    $"{stream.GetProperty("position")}",
                    $"{stream.GetProperty("lag")}",
                    Moment(stream, "since"),
                }
            );

    private static string[] SendRow(JsonElement send) =>
        [
            Text(send, "source"),
            Text(send, "stream"),
            $"{send.GetProperty("from")}",
            $"{send.GetProperty("to")}",
            Text(send, "code") is "-" ? Text(send, "state") : $"{Text(send, "state")} {Text(send, "code")}",
            Moment(send, "opened_at"),
            $"{send.GetProperty("attempts")}",
            $"{send.GetProperty("items")}",
            $"{send.GetProperty("accepted")}",
            $"{send.GetProperty("http_status")}",
            string.Join('\n', send.GetProperty("codes").EnumerateObject().Select(code => $"{code.Value} {code.Name}")),
        ];

    private static string Text(JsonElement parent, string name) => parent.GetProperty(name).GetString() ?? "-";

    private static string Moment(JsonElement parent, string name) =>
        parent.GetProperty(name).ValueKind == JsonValueKind.Null
            ? "-"
            : parent.GetProperty(name).GetDateTimeOffset().UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss'Z'", CultureInfo.InvariantCulture);
}

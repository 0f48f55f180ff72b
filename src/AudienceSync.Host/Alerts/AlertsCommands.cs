using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using AudienceSync.Host.Cli;

namespace AudienceSync.Host.Alerts;

/// <summary><c>alerts</c>: what is wrong, and what people were sent about it. Through the running Host.</summary>
internal sealed class AlertsCommands(Func<string, string?> environment)
{
    private readonly Option<string> _workspace = Arguments.Workspace();
    private readonly Option<bool> _json = new("--json") { Description = "Output as JSON." };

    public static Command Create(Func<string, string?> environment)
    {
        var (verbs, silences) = (new AlertsCommands(environment), new SilenceCommands(environment));
        return new Command("alerts", "Show what is wrong and what people were alerted about; try channels; silence alerts.")
        {
            verbs.List(),
            verbs.Show(),
            verbs.Test(),
            silences.Silence(),
            silences.End(),
        };
    }

    private Command List()
    {
        var limit = new Option<int?>("--limit") { Description = "At most so many notices, 1 to 1000; 100 when omitted." };
        var list = new Command(
            "list",
            "List channels, alerts that are not ok, silences, and the latest notices with the channels' answers."
        )
        {
            limit,
            _workspace,
            _json,
        };
        list.SetAction(
            (parsed, cancellationToken) =>
            {
                var rows = parsed.GetValue(limit) is { } given ? "&limit=" + given.ToString(CultureInfo.InvariantCulture) : "";
                return ReadAsync(parsed, In("/v1/alerts", parsed) + rows, AlertTables.Print, cancellationToken);
            }
        );
        return list;
    }

    private Command Show()
    {
        var notice = new Argument<long>("NOTICE") { Description = "Number of a notice, as shown by alerts list." };
        var show = new Command("show", "Show a notice: its subjects, what was measured, and each channel's answer.")
        {
            notice,
            _workspace,
            _json,
        };
        show.SetAction(
            (parsed, cancellationToken) =>
            {
                var number = parsed.GetValue(notice).ToString(CultureInfo.InvariantCulture);
                return ReadAsync(parsed, In($"/v1/alerts/notices/{number}", parsed), AlertTables.PrintNotice, cancellationToken);
            }
        );
        return show;
    }

    private Command Test()
    {
        var name = new Argument<string>("CHANNEL") { Description = "Channel, by its name in audiencesync.yaml." };
        var by = new Option<string>("--by") { Description = "Author of the test; defaults to the user of this process." };
        var test = new Command("test", "Send a test notice to a channel, and show its answer. Exit code 1 when it was not accepted.")
        {
            name,
            by,
            _workspace,
            _json,
        };
        test.SetAction(
            (parsed, cancellationToken) =>
                TestAsync(parsed, parsed.GetRequiredValue(name), parsed.GetValue(by) ?? environment("USER") ?? "cli", cancellationToken)
        );
        return test;
    }

    private Task<int> TestAsync(ParseResult parsed, string channel, string by, CancellationToken cancellationToken) =>
        HostVerb.RunAsync(
            parsed,
            async () =>
            {
                using var host = new HostClient(environment);
                using var request = new HttpRequestMessage(HttpMethod.Post, In("/v1/alerts/test", parsed))
                {
                    Content = HostBody.Of(new { channel, by }),
                };
                return await host.PrintAsync(request, parsed.GetValue(_json), PrintTest, HostVerb.Console(parsed), cancellationToken);
            }
        );

    private Task<int> ReadAsync(
        ParseResult parsed,
        string path,
        Action<TextWriter, JsonElement> print,
        CancellationToken cancellationToken
    ) =>
        HostVerb.RunAsync(
            parsed,
            async () =>
            {
                using var host = new HostClient(environment);
                return await host.PrintAsync(path, parsed.GetValue(_json), print, HostVerb.Console(parsed), cancellationToken);
            }
        );

    private string In(string path, ParseResult parsed) => HostVerb.In(path, parsed.GetValue(_workspace));

    private static int PrintTest(TextWriter output, JsonElement notice)
    {
        AlertTables.PrintSends(output, notice);
        return notice.GetProperty("sends").EnumerateArray().All(send => send.GetProperty("state").GetString() == "sent")
            ? ExitCodes.Done
            : ExitCodes.Failed;
    }
}

using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using AudienceSync.Host.Cli;

namespace AudienceSync.Host.Alerts;

/// <summary><c>alerts</c>: what is wrong, and what people were sent about it. Through the running Host.</summary>
internal static class AlertsCommands
{
    public static Command Create(Func<string, string?> environment) =>
        new("alerts", "Show what is wrong and what people were alerted about; try channels; silence alerts.")
        {
            List(environment),
            Show(environment),
            Test(environment),
            SilenceCommands.Silence(environment),
            SilenceCommands.End(environment),
        };

    private static Command List(Func<string, string?> environment)
    {
        var workspace = Arguments.Workspace();
        var json = new Option<bool>("--json") { Description = "Output as JSON." };
        var limit = new Option<int?>("--limit") { Description = "At most so many notices, 1 to 1000; 100 when omitted." };
        var list = new Command(
            "list",
            "List channels, alerts that are not ok, silences, and the latest notices with the channels' answers."
        )
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
                        var rows = parsed.GetValue(limit) is { } given ? "&limit=" + given.ToString(CultureInfo.InvariantCulture) : "";
                        return await host.PrintAsync(
                            HostVerb.In("/v1/alerts", parsed.GetValue(workspace)) + rows,
                            parsed.GetValue(json),
                            AlertTables.Print,
                            HostVerb.Console(parsed),
                            cancellationToken
                        );
                    }
                )
        );
        return list;
    }

    private static Command Show(Func<string, string?> environment)
    {
        var notice = new Argument<long>("NOTICE") { Description = "Number of a notice, as shown by alerts list." };
        var workspace = Arguments.Workspace();
        var json = new Option<bool>("--json") { Description = "Output as JSON." };
        var show = new Command("show", "Show a notice: its subjects, what was measured, and each channel's answer.")
        {
            notice,
            workspace,
            json,
        };
        show.SetAction(
            (parsed, cancellationToken) =>
                HostVerb.RunAsync(
                    parsed,
                    async () =>
                    {
                        using var host = new HostClient(environment);
                        var number = parsed.GetValue(notice).ToString(CultureInfo.InvariantCulture);
                        return await host.PrintAsync(
                            HostVerb.In($"/v1/alerts/notices/{number}", parsed.GetValue(workspace)),
                            parsed.GetValue(json),
                            AlertTables.PrintNotice,
                            HostVerb.Console(parsed),
                            cancellationToken
                        );
                    }
                )
        );
        return show;
    }

    private static Command Test(Func<string, string?> environment)
    {
        var name = new Argument<string>("CHANNEL") { Description = "Channel, by its name in audiencesync.yaml." };
        var by = new Option<string>("--by") { Description = "Author of the test; defaults to the user of this process." };
        var workspace = Arguments.Workspace();
        var json = new Option<bool>("--json") { Description = "Output as JSON." };
        var test = new Command("test", "Send a test notice to a channel, and show its answer. Exit code 1 when it was not accepted.")
        {
            name,
            by,
            workspace,
            json,
        };
        test.SetAction(
            (parsed, cancellationToken) =>
                HostVerb.RunAsync(
                    parsed,
                    async () =>
                    {
                        using var host = new HostClient(environment);
                        var path = $"/v1/alerts/channels/{Uri.EscapeDataString(parsed.GetRequiredValue(name))}/test";
                        using var request = new HttpRequestMessage(HttpMethod.Post, HostVerb.In(path, parsed.GetValue(workspace)))
                        {
                            Content = HostBody.Of(new { by = parsed.GetValue(by) ?? environment("USER") ?? "cli" }),
                        };
                        return await host.PrintAsync(
                            request,
                            parsed.GetValue(json),
                            (output, view) =>
                            {
                                AlertTables.PrintSends(output, view);
                                return IsSent(view) ? ExitCodes.Done : ExitCodes.Failed;
                            },
                            HostVerb.Console(parsed),
                            cancellationToken
                        );
                    }
                )
        );
        return test;
    }

    private static bool IsSent(JsonElement notice) =>
        notice.GetProperty("sends").EnumerateArray().All(send => send.GetProperty("state").GetString() == "sent");
}

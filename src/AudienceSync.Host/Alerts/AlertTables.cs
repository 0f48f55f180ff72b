using System.Globalization;
using System.Text.Json;
using AudienceSync.Host.Cli;

namespace AudienceSync.Host.Alerts;

/// <summary>How the verbs of alerts print what the Host answers.</summary>
internal static class AlertTables
{
    public static void Print(TextWriter output, JsonElement view)
    {
        TextTable.Print(output, ["channel", "kind", "from", "state", "waiting"], Items(view, "channels").Select(ChannelRow));
        output.WriteLine();
        TextTable.Print(
            output,
            ["alert", "severity", "state", "subject", "owner", "since", "measured"],
            Items(view, "alerts").Select(AlertRow)
        );
        output.WriteLine();
        TextTable.Print(
            output,
            ["silence", "rule", "destination", "subject", "by", "why", "until"],
            Items(view, "silences").Select(SilenceRow)
        );
        output.WriteLine();
        TextTable.Print(output, ["notice", "at", "kind", "headline", "channels"], Items(view, "notices").Select(NoticeRow));
    }

    public static void PrintNotice(TextWriter output, JsonElement view)
    {
        var notice = view.GetProperty("notice");
        output.WriteLine($"{Text(notice, "headline")} ({Text(notice, "kind")}, {Moment(notice, "at")})");
        output.WriteLine(Text(view, "advice"));
        output.WriteLine();
        foreach (var section in Items(view, "sections"))
        {
            PrintMembers(output, Text(section, "title"), section);
        }

        // A weekly digest has sections, any other notice has members.
        if (view.GetProperty("sections").GetArrayLength() == 0)
        {
            PrintMembers(output, "subject", view);
        }

        PrintSends(output, notice);
    }

    private static void PrintMembers(TextWriter output, string title, JsonElement parent)
    {
        TextTable.Print(
            output,
            [title, "measured"],
            Items(parent, "members").Select(member => new[] { Text(member, "subject"), Facts(member) })
        );
        output.WriteLine();
    }

    public static void PrintSends(TextWriter output, JsonElement notice) =>
        TextTable.Print(
            output,
            ["channel", "state", "attempts", "in doubt", "status", "code"],
            Items(notice, "sends")
                .Select(send =>
                    new[]
                    {
                        Text(send, "channel"),
                        Text(send, "state"),
                        $"{send.GetProperty("attempts")}",
                        send.GetProperty("in_doubt").GetBoolean() ? "yes" : "no",
                        $"{send.GetProperty("status")}",
                        Text(send, "code"),
                    }
                )
        );

    private static string[] ChannelRow(JsonElement channel) =>
        [
            Text(channel, "channel"),
            Text(channel, "kind"),
            Text(channel, "severity"),
            Text(channel, "dead_code") is "-" ? "works" : "dead " + Text(channel, "dead_code"),
            $"{channel.GetProperty("waiting")}",
        ];

    private static string[] AlertRow(JsonElement alert) =>
        [
            Text(alert, "rule"),
            Text(alert, "severity"),
            Text(alert, "state"),
            Text(alert, "subject"),
            Text(alert, "owner"),
            Moment(alert, "since"),
            Facts(alert),
        ];

    private static string[] SilenceRow(JsonElement silence) =>
        [
            $"{silence.GetProperty("silence")}",
            Text(silence, "rule"),
            Text(silence, "destination"),
            Text(silence, "subject"),
            Text(silence, "by"),
            Text(silence, "why"),
            Moment(silence, "until"),
        ];

    private static string[] NoticeRow(JsonElement notice) =>
        [
            $"{notice.GetProperty("notice")}",
            Moment(notice, "at"),
            Text(notice, "kind"),
            Text(notice, "headline"),
            string.Join('\n', Items(notice, "sends").Select(send => $"{Text(send, "channel")} {Text(send, "state")}")),
        ];

    private static IEnumerable<JsonElement> Items(JsonElement parent, string name) => parent.GetProperty(name).EnumerateArray();

    private static string Facts(JsonElement parent) =>
        string.Join(", ", parent.GetProperty("facts").EnumerateObject().Select(fact => $"{fact.Name} {fact.Value.GetString()}"));

    private static string Text(JsonElement parent, string name) => parent.GetProperty(name).GetString() ?? "-";

    private static string Moment(JsonElement parent, string name) =>
        parent.GetProperty(name).GetDateTimeOffset().UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss'Z'", CultureInfo.InvariantCulture);
}

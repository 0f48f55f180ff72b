using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using AudienceSync.Host.Cli;

namespace AudienceSync.Host.Sync.Verbs;

/// <summary><c>runs</c>: what was sent, by run and call. From the running Host, so it also works from another machine.</summary>
internal sealed class RunsCommands(Func<string, string?> environment)
{
    private static readonly string[] Kinds = ["add", "refresh", "remove"];

    private static readonly string[] RunColumns =
    [
        "run",
        "destination",
        "remote",
        "lane",
        "cause",
        "state",
        "started",
        "last",
        "calls",
        .. Kinds.Select(kind => kind + " planned/sent/ok/rejected"),
    ];

    private readonly Option<string> _workspace = Arguments.Workspace();
    private readonly Option<bool> _json = new("--json") { Description = "Output as JSON." };
    private readonly Option<int?> _limit = new("--limit") { Description = "At most so many, 1 to 1000; 100 when omitted." };

    public static Command Create(Func<string, string?> environment)
    {
        var verbs = new RunsCommands(environment);
        return new Command("runs", "Show what was sent to the platforms.") { verbs.List(), verbs.Show() };
    }

    private Command List()
    {
        var destination = new Option<string>("--destination") { Description = "Only runs of this ad account." };
        var before = new Option<long?>("--before") { Description = "Only runs with a smaller number: the next page." };
        var list = new Command("list", "List runs, latest first.") { destination, before, _limit, _workspace, _json };
        list.SetAction(
            (parsed, cancellationToken) =>
                GetAsync(
                    parsed,
                    "/v1/runs" + Query(parsed, ("destination", parsed.GetValue(destination)), ("before", Text(parsed.GetValue(before)))),
                    PrintRuns,
                    cancellationToken
                )
        );
        return list;
    }

    private Command Show()
    {
        var run = new Argument<long>("RUN") { Description = "Number of the run, as shown by runs list." };
        var after = new Option<long?>("--after-call") { Description = "Only calls with a larger number: the next page." };
        var body = new Option<bool>("--body") { Description = "Also print requests and responses; they have no identifiers. For 14 days." };
        var show = new Command("show", "Show a run with its calls.") { run, after, _limit, body, _workspace, _json };
        show.SetAction(
            (parsed, cancellationToken) =>
                GetAsync(
                    parsed,
                    $"/v1/runs/{parsed.GetValue(run).ToString(CultureInfo.InvariantCulture)}"
                        + Query(parsed, ("after_call", Text(parsed.GetValue(after))), ("body", parsed.GetValue(body) ? "true" : null)),
                    PrintDetail,
                    cancellationToken
                )
        );
        return show;
    }

    private Task<int> GetAsync(
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

    private string Query(ParseResult parsed, params (string Name, string? Value)[] fields) =>
        "?"
        + string.Join(
            '&',
            fields
                .Append(("limit", parsed.GetValue(_limit)?.ToString(CultureInfo.InvariantCulture)))
                .Append(("workspace", parsed.GetValue(_workspace)))
                .Where(field => field.Item2 is not null)
                .Select(field => $"{field.Item1}={Uri.EscapeDataString(field.Item2!)}")
        );

    private static string? Text(long? number) => number?.ToString(CultureInfo.InvariantCulture);

    private static void PrintRuns(TextWriter output, JsonElement page)
    {
        TextTable.Print(output, RunColumns, page.GetProperty("runs").EnumerateArray().Select(RunRow));
        if (page.GetProperty("next").ValueKind == JsonValueKind.Number)
        {
            output.WriteLine($"More: --before {page.GetProperty("next")}");
        }
    }

    private static void PrintDetail(TextWriter output, JsonElement detail)
    {
        TextTable.Print(output, RunColumns, [RunRow(detail.GetProperty("run"))]);
        TextTable.Print(
            output,
            ["call", "kind", "members", "outcome", "code", "http", "sent", "ms", "request", "results"],
            detail.GetProperty("calls").EnumerateArray().Select(CallRow)
        );
        foreach (
            var call in detail
                .GetProperty("calls")
                .EnumerateArray()
                .Where(call => call.GetProperty("exchange").ValueKind == JsonValueKind.Object)
        )
        {
            var exchange = call.GetProperty("exchange");
            output.WriteLine(
                $"{call.GetProperty("call")}: {exchange.GetProperty("method").GetString()} {exchange.GetProperty("path").GetString()}"
            );
            output.WriteLine($"  {exchange.GetProperty("body").GetRawText()}");
            output.WriteLine($"  {exchange.GetProperty("status")} {exchange.GetProperty("response").GetRawText()}");
        }

        if (detail.GetProperty("next").ValueKind == JsonValueKind.Number)
        {
            output.WriteLine($"More: --after-call {detail.GetProperty("next")}");
        }
    }

    private static string[] RunRow(JsonElement run)
    {
        var code = run.GetProperty("code").GetString();
        return
        [
            $"{run.GetProperty("run")}",
            Field(run, "destination"),
            Field(run, "remote"),
            Field(run, "lane"),
            Field(run, "cause"),
            code is null ? Field(run, "state") : $"{Field(run, "state")} {code}",
            Moment(run, "started_at"),
            Moment(run, "last_at"),
            $"{run.GetProperty("calls")}",
            .. Kinds
                .Select(kind => run.GetProperty(kind))
                .Select(count =>
                    $"{count.GetProperty("planned")}/{count.GetProperty("attempted")}/"
                    + $"{count.GetProperty("accepted")}/{count.GetProperty("rejected")}"
                ),
        ];
    }

    private static string[] CallRow(JsonElement call) =>
        [
            $"{call.GetProperty("call")}",
            Field(call, "kind"),
            $"{call.GetProperty("members")}",
            Field(call, "outcome"),
            Field(call, "code"),
            $"{call.GetProperty("http_status")}",
            Moment(call, "sent_at"),
            $"{call.GetProperty("latency_ms")}",
            Field(call, "request_id"),
            string.Join(
                '\n',
                call.GetProperty("results")
                    .EnumerateArray()
                    .Select(result =>
                        $"{result.GetProperty("people")} {result.GetProperty("result").GetString()}"
                        + (result.GetProperty("job").ValueKind == JsonValueKind.Number ? " (job)" : "")
                    )
            ),
        ];

    private static string Field(JsonElement parent, string name) => parent.GetProperty(name).GetString() ?? "-";

    private static string Moment(JsonElement parent, string name) =>
        parent.GetProperty(name).GetDateTimeOffset().UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss'Z'", CultureInfo.InvariantCulture);
}

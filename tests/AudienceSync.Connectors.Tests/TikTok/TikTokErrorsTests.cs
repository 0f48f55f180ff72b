using AudienceSync.Connectors.TikTok;
using AudienceSync.Domain.Syncing;
using static AudienceSync.Connectors.Tests.TikTok.TikTokAccountOnWire;

namespace AudienceSync.Connectors.Tests.TikTok;

/// <summary>Each documented code, once as the contract states it and once through the table.</summary>
public sealed class TikTokErrorsTests
{
    /// <summary>Contracts/tiktok.md 10.</summary>
    private const string Contract = """
        0 DONE
        20001 PARTLY
        40000 ABORT
        40001 AUTH
        40002 ABORT
        40006 ACCOUNT
        40007 ABORT
        40008 ACCOUNT
        40009 ACCOUNT
        40010 ACCOUNT
        40011 SPLIT
        40013 ACCOUNT
        40014 ACCOUNT
        40016 THROTTLE
        40050 RETRY
        40051 ACCOUNT
        40100 THROTTLE
        40101 AUTH
        40102 AUTH
        40103 AUTH
        40104 AUTH
        40105 AUTH
        40106 AUTH
        40107 AUTH
        40110 AUTH
        40113 ACCOUNT
        40115 AUTH
        40116 AUTH
        40117 AUTH
        40118 ACCOUNT
        40119 AUTH
        40124 ACCOUNT
        40125 ACCOUNT
        40132 THROTTLE
        40133 THROTTLE
        40200 ABORT
        40201 RETRY
        40202 RETRY
        40300 ACCOUNT
        40301 ACCOUNT
        40700 ABORT
        40900 ABORT
        40905 ABORT
        40906 ABORT
        40907 ABORT
        40908 ABORT
        40909 ABORT
        40910 ABORT
        40914 ABORT
        40915 ABORT
        41000 ACCOUNT
        41001 ACCOUNT
        41002 ACCOUNT
        50000 RETRY
        50001 RETRY
        50002 RETRY
        51001 RETRY
        51039 RETRY
        51305 RETRY
        60001 RETRY
        """;

    public static TheoryData<int, string> Rows()
    {
        var rows = new TheoryData<int, string>();
        foreach (var line in Contract.Split('\n', StringSplitOptions.TrimEntries))
        {
            rows.Add(int.Parse(line.Split(' ')[0]), line.Split(' ')[1]);
        }

        return rows;
    }

    [Theory]
    [MemberData(nameof(Rows))]
    public async Task A_documented_code_has_the_outcome_of_the_contract(int code, string decision)
    {
        var expected = decision switch
        {
            "DONE" => OutcomeKind.Done,
            "PARTLY" => OutcomeKind.PartlyDone,
            "RETRY" => OutcomeKind.Retry,
            "THROTTLE" => OutcomeKind.Snooze,
            "SPLIT" => OutcomeKind.SplitBatch,
            "AUTH" or "ACCOUNT" => OutcomeKind.StopAccount,
            _ => OutcomeKind.StopAudience,
        };

        var result = await ResultOfAsync(200, Envelope(code));

        result.Outcome.Kind.ShouldBe(expected);
        result.Outcome.Code.ShouldBe(code == 0 ? "done" : $"tiktok_{code}");
        result.Rejected.ShouldBeEmpty();
    }

    [Fact]
    public void Every_row_of_the_table_is_a_case_above_and_every_case_above_has_a_row() =>
        TikTokErrors.Rules.Select(rule => rule.Code).ShouldBe(Rows().Select(row => (int)row[0]), ignoreOrder: true);

    [Theory]
    [InlineData("Audience is not editable, please check audience status")]
    [InlineData("The audience is being updated")]
    [InlineData("PROCESSING")]
    public async Task An_audience_that_is_empty_or_being_computed_is_retried_later(string message) =>
        (await ResultOfAsync(200, Envelope(40002, message))).Outcome.ShouldBe(
            new Outcome(OutcomeKind.Retry, "tiktok_40002_not_editable", TimeSpan.FromMinutes(15))
        );

    [Theory]
    [InlineData(200, "{\"code\":49999}", OutcomeKind.Retry, "tiktok_unknown_49999")]
    [InlineData(200, "{\"code\":\"40105\"}", OutcomeKind.StopAccount, "tiktok_40105")]
    [InlineData(200, "{\"code\":99999999999}", OutcomeKind.Retry, "not_understood")]
    [InlineData(200, "{\"message\":\"OK\"}", OutcomeKind.Retry, "not_understood")]
    [InlineData(200, "[]", OutcomeKind.Retry, "not_understood")]
    [InlineData(200, "<html>", OutcomeKind.Retry, "not_json")]
    [InlineData(404, "404 page not found", OutcomeKind.StopAccount, "http_404")]
    [InlineData(405, "", OutcomeKind.StopAccount, "http_405")]
    [InlineData(413, "", OutcomeKind.SplitBatch, "http_413")]
    [InlineData(429, "", OutcomeKind.Snooze, "http_429")]
    [InlineData(502, "<html>", OutcomeKind.Retry, "not_json")]
    [InlineData(502, Taken, OutcomeKind.Retry, "http_502")]
    [InlineData(400, "{\"code\":40100}", OutcomeKind.Snooze, "tiktok_40100")]
    public async Task Any_other_response_has_an_outcome_and_never_throws(int status, string body, OutcomeKind kind, string code)
    {
        var result = await ResultOfAsync(status, body);

        result.Outcome.Kind.ShouldBe(kind);
        result.Outcome.Code.ShouldBe(code);
        result.HttpStatus.ShouldBe(status);
    }

    [Fact]
    public async Task A_gateway_error_waits_five_minutes_and_maintenance_waits_longer()
    {
        (await ResultOfAsync(503, "<html>")).Outcome.Wait.ShouldBe(TimeSpan.FromMinutes(5));
        (await ResultOfAsync(200, Envelope(60001))).Outcome.Wait.ShouldBe(TimeSpan.FromMinutes(15));
    }

    [Fact]
    public async Task Consecutive_throttles_wait_longer_until_the_day_is_over()
    {
        var account = new TikTokAccountOnWire(Answering([.. Enumerable.Repeat(Envelope(40100), 9), Taken, Envelope(40133)]));
        account.Clock.Advance(TimeSpan.FromHours(1));
        var waits = new List<double>();
        for (var call = 0; call < 9; call++)
        {
            waits.Add((await account.AddAsync(Jane)).Outcome.Wait!.Value.TotalSeconds);
        }

        waits.ShouldBe([1, 2, 4, 8, 16, 300, 300, 300, 23 * 3600]);
        (await account.AddAsync(Jane)).Outcome.ShouldBe(Outcome.Done);
        (await account.AddAsync(Jane)).Outcome.Wait.ShouldBe(TimeSpan.FromSeconds(1));
    }
}

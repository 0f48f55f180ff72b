using AudienceSync.Domain.Syncing;

namespace AudienceSync.Connectors.Tests.Meta;

/// <summary>Contracts/meta.md 13.2: what is left of the budget, and how long to wait.</summary>
public sealed class MetaUsageTests
{
    private const string Business = "X-Business-Use-Case-Usage";
    private const string AdAccount = "X-Ad-Account-Usage";
    private const string App = "X-App-Usage";

    [Theory]
    [InlineData(
        Business,
        """{"1001":[{"type":"custom_audience","call_count":97,"total_cputime":23,"total_time":31,"estimated_time_to_regain_access":12,"ads_api_access_tier":"standard_access"}]}""",
        97,
        12 * 60
    )]
    [InlineData(
        Business,
        """{"1001":[{"type":"custom_audience","call_count":3,"total_cputime":23,"total_time":31,"estimated_time_to_regain_access":0}],"7":[{"type":"custom_audience","call_count":99}]}""",
        31,
        null
    )]
    [InlineData(Business, """{"112233445566":[{"type":"custom_audience","call_count":8,"total_cputime":0,"total_time":0}]}""", 8, null)]
    [InlineData(AdAccount, """{"acc_id_util_pct":9.67,"reset_time_duration":100,"ads_api_access_tier":"standard_access"}""", 10, null)]
    [InlineData(AdAccount, """{"acc_id_util_pct":100,"reset_time_duration":100}""", 100, 100)]
    [InlineData(App, """{"call_count":28,"total_time":25,"total_cputime":26}""", 28, null)]
    public async Task Usage_is_the_highest_share_and_the_wait_in_its_own_unit(string header, string value, int percent, int? regainSeconds)
    {
        var result = await MetaAccountOnWire.ResultOfAsync(200, MetaAccountOnWire.Taken, (header, value));

        result.Outcome.ShouldBe(Outcome.Done);
        result.Usage.ShouldBe(new AccountUsage(percent, regainSeconds is { } seconds ? TimeSpan.FromSeconds(seconds) : null));
    }

    [Fact]
    public async Task The_highest_of_all_headers_counts()
    {
        var result = await MetaAccountOnWire.ResultOfAsync(
            200,
            MetaAccountOnWire.Taken,
            (App, """{"call_count":28}"""),
            (AdAccount, """{"acc_id_util_pct":75.2}"""),
            (Business, """{"1001":[{"call_count":3}]}""")
        );

        result.Usage.ShouldBe(new AccountUsage(76, null));
    }

    [Theory]
    [InlineData(Business, "nonsense")]
    [InlineData(Business, "[]")]
    [InlineData(Business, """{"1001":{}}""")]
    [InlineData(Business, """{"1001":[1,null,{"type":"custom_audience","call_count":"97"}]}""")]
    [InlineData(Business, """{"1001":[{"type":"ads_insights","call_count":100,"estimated_time_to_regain_access":9}]}""")]
    [InlineData(AdAccount, """{"acc_id_util_pct":-3}""")]
    [InlineData(AdAccount, """{"acc_id_util_pct":1e999}""")]
    [InlineData(App, "")]
    public async Task A_header_that_is_unreadable_or_about_another_bucket_counts_as_not_sent(string header, string value)
    {
        var result = await MetaAccountOnWire.ResultOfAsync(200, MetaAccountOnWire.Taken, (header, value));

        result.Outcome.ShouldBe(Outcome.Done);
        result.Usage.ShouldBeNull();
    }

    [Theory]
    [InlineData(12, null, 12 * 60)]
    [InlineData(0, null, 60)]
    [InlineData(12, "30", 12 * 60)]
    [InlineData(1, "900", 900)]
    [InlineData(99_999_999, null, 24 * 3600)]
    [InlineData(0, "99999999", 24 * 3600)]
    [InlineData(0, "soon", 60)]
    [InlineData(0, "-5", 60)]
    [InlineData(0, "Sun, 15 Oct 2023 00:10:00 GMT", 600)]
    [InlineData(0, "Sun, 15 Oct 2000 00:10:00 GMT", 60)]
    public async Task A_throttled_account_waits_as_long_as_requested_at_least_a_minute_at_most_a_day(
        int regainMinutes,
        string? retryAfter,
        int seconds
    )
    {
        var usage = $$"""{"1001":[{"type":"ads_management","call_count":100,"estimated_time_to_regain_access":{{regainMinutes}}}]}""";
        (string, string)[] headers = retryAfter is null ? [(Business, usage)] : [(Business, usage), ("Retry-After", retryAfter)];

        var result = await MetaAccountOnWire.ResultOfErrorAsync(400, 80003, 2446079, headers);

        result.Outcome.ShouldBe(new Outcome(OutcomeKind.Snooze, "meta_80003_2446079", TimeSpan.FromSeconds(seconds)));
    }

    [Fact]
    public async Task A_failing_server_may_set_the_time_of_the_retry()
    {
        (await MetaAccountOnWire.ResultOfAsync(503, "<html>", ("Retry-After", "120"))).Outcome.ShouldBe(
            new Outcome(OutcomeKind.Retry, "not_json", TimeSpan.FromSeconds(120))
        );
        (await MetaAccountOnWire.ResultOfAsync(429, "<html>")).Outcome.ShouldBe(
            new Outcome(OutcomeKind.Snooze, "http_429", TimeSpan.FromSeconds(60))
        );
    }
}

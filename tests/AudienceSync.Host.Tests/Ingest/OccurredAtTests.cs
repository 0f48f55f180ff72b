using System.Text.Json.Nodes;
using AudienceSync.Host.Tests.Serving;

namespace AudienceSync.Host.Tests.Ingest;

public sealed class OccurredAtTests(IngestHost given) : IClassFixture<IngestHost>
{
    [Theory]
    [InlineData("\"2026-11-21T09:20:11.123Z\"", "2026-11-21T09:20:11.123Z")]
    [InlineData("\"2026-11-21T09:20:11.1234567Z\"", "2026-11-21T09:20:11.123456Z")]
    [InlineData("\"2026-11-21T09:20:11Z\"", "2026-11-21T09:20:11Z")]
    [InlineData("\"2026-11-21T10:20:11+01:00\"", "2026-11-21T09:20:11Z")]
    [InlineData("\"2026-11-21T04:20:11.5-05:00\"", "2026-11-21T09:20:11.5Z")]
    [InlineData("\"2026-11-21T09:20:11\"", "2026-11-21T09:20:11Z")]
    [InlineData("\"2026-11-21T09:20:11.25\"", "2026-11-21T09:20:11.25Z")]
    [InlineData("\"2026-11-21 09:20:11\"", "2026-11-21T09:20:11Z")]
    [InlineData("\"2026-11-21T09:20\"", "2026-11-21T09:20:00Z")]
    [InlineData("1779355211", "2026-05-21T09:20:11Z")]
    [InlineData("\"1779355211\"", "2026-05-21T09:20:11Z")]
    [InlineData("1779355211.25", "2026-05-21T09:20:11.25Z")]
    [InlineData("\"1779355211.25\"", "2026-05-21T09:20:11.25Z")]
    [InlineData("1779355211000", "2026-05-21T09:20:11Z")]
    [InlineData("\"1779355211123\"", "2026-05-21T09:20:11.123Z")]
    [InlineData("1779355211123456", "2026-05-21T09:20:11.123456Z")]
    [InlineData("946684800", "2000-01-01T00:00:00Z")]
    [InlineData("\"2026-11-21T09:20Z\"", "2026-11-21T09:20:00Z")]
    [InlineData("\"2026-11-21T10:20+01:00\"", "2026-11-21T09:20:00Z")]
    [InlineData("\"2026-11-21T09:20:11+0000\"", "2026-11-21T09:20:11Z")]
    [InlineData("\"2026-11-21T04:20:11-0500\"", "2026-11-21T09:20:11Z")]
    [InlineData("\"2026-11-21T09:20:11+00\"", "2026-11-21T09:20:11Z")]
    [InlineData("\"2026-11-21 09:20:11 UTC\"", "2026-11-21T09:20:11Z")]
    [InlineData("\"2026-11-21 09:20:11 GMT\"", "2026-11-21T09:20:11Z")]
    [InlineData("\"2026-11-21 09:20 utc\"", "2026-11-21T09:20:00Z")]
    [InlineData("\"2026-11-21 10:20:11 +0100\"", "2026-11-21T09:20:11Z")]
    [InlineData("\" 2026-11-21t09:20:11z \"", "2026-11-21T09:20:11Z")]
    [InlineData("\"2026-11-21T09:20:11,5Z\"", "2026-11-21T09:20:11.5Z")]
    [InlineData("\"20261121T092011Z\"", "2026-11-21T09:20:11Z")]
    public async Task Every_supported_format_of_a_time_is_read(string written, string expected)
    {
        var answer = await given.Host.PostAsync(Sample.With("occurred_at", JsonNode.Parse(written)));
        Stored(await given.Host.StoredAsync(answer)).ShouldBe(DateTimeOffset.Parse(expected, null));
    }

    [Theory]
    [InlineData("\"yesterday\"")]
    [InlineData("\"\"")]
    [InlineData("\"2026-13-01T00:00:00Z\"")]
    [InlineData("\"2026-02-30T00:00:00Z\"")]
    [InlineData("\"2026-11-21\"")]
    [InlineData("\"1999-12-31T23:59:59Z\"")]
    [InlineData("\"2026\"")]
    [InlineData("\"20261129\"")]
    [InlineData("2026")]
    [InlineData("20261129")]
    [InlineData("\"202611291424\"")]
    [InlineData("\"20261129142400\"")]
    [InlineData("946684799")]
    [InlineData("0")]
    [InlineData("\"2026-11-21T25:00:00Z\"")]
    [InlineData("\"2026-11-21T09:60Z\"")]
    [InlineData("\"2026-11-21T09:20:11+99:00\"")]
    [InlineData("\"2026-11-21T09:20:11 CEST\"")]
    [InlineData("\"1.779E+09\"")]
    [InlineData("99999999999999999999")]
    [InlineData("-1")]
    [InlineData("\"-1\"")]
    [InlineData("1e300")]
    [InlineData("true")]
    [InlineData("{}")]
    [InlineData("\"NaN\"")]
    public async Task Anything_else_is_not_a_time(string written)
    {
        var answer = await given.Host.PostAsync(Sample.With("occurred_at", JsonNode.Parse(written)));
        answer.Status.ShouldBe(422);
        answer.Code.ShouldBe("invalid_occurred_at");
    }

    [Fact]
    public async Task Without_a_time_but_with_an_id_the_time_of_receipt_is_used() =>
        Stored(await given.Host.StoredAsync(await given.Host.PostAsync(Sample.Without("occurred_at")))).ShouldBe(Sample.Now);

    [Fact]
    public async Task Without_a_time_and_without_an_id_a_retry_could_not_be_recognized() =>
        (await given.Host.PostAsync(Sample.Without("occurred_at", "event_id"))).Code.ShouldBe("missing_event_id");

    [Fact]
    public async Task Exactly_five_minutes_ahead_is_accepted_unchanged()
    {
        var answer = await given.Host.PostAsync(Sample.With("occurred_at", Sample.Now.AddMinutes(5).ToString("O")));
        answer.Warnings().ShouldBeEmpty();
        Stored(await given.Host.StoredAsync(answer)).ShouldBe(Sample.Now.AddMinutes(5));
    }

    [Theory]
    [InlineData((5 * 60_000) + 1)]
    [InlineData(10 * 3_600_000)]
    [InlineData(24 * 3_600_000)]
    public async Task Further_ahead_counts_as_the_time_of_receipt_and_the_time_that_was_sent_is_kept(int ahead_ms)
    {
        var sent = Sample.Now.AddMilliseconds(ahead_ms);
        var answer = await given.Host.PostAsync(Sample.With("occurred_at", sent.ToString("O")));
        answer.Warnings().ShouldBe(["clock_ahead occurred_at"]);
        var stored = await given.Host.StoredAsync(answer);
        Stored(stored).ShouldBe(Sample.Now);
        JsonNode.Parse(stored)!["senderOccurredAt"]!.GetValue<DateTimeOffset>().ShouldBe(sent);
    }

    [Fact]
    public async Task A_second_more_is_quarantined()
    {
        var answer = await given.Host.PostAsync(Sample.With("occurred_at", Sample.Now.AddHours(24).AddSeconds(1).ToString("O")));
        answer.Status.ShouldBe(202);
        answer.Code.ShouldBe("occurred_in_future");
    }

    private static DateTimeOffset Stored(string data) => JsonNode.Parse(data)!["occurredAt"]!.GetValue<DateTimeOffset>();
}

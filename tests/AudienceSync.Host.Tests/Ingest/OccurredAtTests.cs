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
    [InlineData("0", "1970-01-01T00:00:00Z")]
    public async Task Every_way_to_write_a_time_is_the_same_time(string written, string expected)
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
    [InlineData("\"1969-12-31T23:59:59Z\"")]
    [InlineData("-1")]
    [InlineData("\"-1\"")]
    [InlineData("1e300")]
    [InlineData("1779355211000000")]
    [InlineData("true")]
    [InlineData("{}")]
    [InlineData("\"NaN\"")]
    public async Task Anything_else_is_no_time(string written)
    {
        var answer = await given.Host.PostAsync(Sample.With("occurred_at", JsonNode.Parse(written)));
        answer.Status.ShouldBe(422);
        answer.Code.ShouldBe("invalid_occurred_at");
    }

    [Fact]
    public async Task Without_a_time_but_with_an_id_the_time_of_arrival_is_taken() =>
        Stored(await given.Host.StoredAsync(await given.Host.PostAsync(Sample.Without("occurred_at")))).ShouldBe(Sample.Now);

    [Fact]
    public async Task Without_a_time_and_without_an_id_a_retry_could_not_be_told() =>
        (await given.Host.PostAsync(Sample.Without("occurred_at", "event_id"))).Code.ShouldBe("missing_event_id");

    [Fact]
    public async Task Exactly_twenty_four_hours_ahead_is_believed() =>
        (await given.Host.PostAsync(Sample.With("occurred_at", Sample.Now.AddHours(24).ToString("O")))).Status.ShouldBe(200);

    [Fact]
    public async Task A_second_more_waits_for_a_human()
    {
        var answer = await given.Host.PostAsync(Sample.With("occurred_at", Sample.Now.AddHours(24).AddSeconds(1).ToString("O")));
        answer.Status.ShouldBe(202);
        answer.Code.ShouldBe("occurred_in_future");
    }

    private static DateTimeOffset Stored(string data) => JsonNode.Parse(data)!["occurredAt"]!.GetValue<DateTimeOffset>();
}

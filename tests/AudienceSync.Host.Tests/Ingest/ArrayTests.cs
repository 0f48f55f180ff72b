using System.Text.Json.Nodes;
using AudienceSync.Host.Tests.Serving;

namespace AudienceSync.Host.Tests.Ingest;

public sealed class ArrayTests(IngestHost given) : IClassFixture<IngestHost>
{
    [Theory]
    [InlineData(1)]
    [InlineData(500)]
    public async Task An_array_is_answered_with_one_receipt_for_each_event(int events)
    {
        var answer = await given.Host.PostAsync(Sample.Events(events));
        answer.Status.ShouldBe(200);
        answer.Results.Select(receipt => receipt.GetProperty("receipt_id").GetString()).Distinct().Count().ShouldBe(events);
        answer.Results.ShouldAllBe(receipt => receipt.GetProperty("status").GetString() == "accepted");
    }

    [Fact]
    public async Task Good_bad_and_quarantined_events_of_one_array_are_each_answered_in_their_place()
    {
        var good = Sample.Event();
        var answer = await given.Host.PostAsync(
            Sample.Array([
                good,
                Sample.Without("event"),
                Sample.With("audience_key", "nobody_published_v1"),
                JsonValue.Create(7),
                null,
                Sample.Event(),
            ])
        );
        answer.Status.ShouldBe(202);
        answer
            .Results.Select(Describe)
            .ShouldBe([
                "accepted",
                "refused missing_event",
                "quarantined unknown_audience_key",
                "refused not_an_event",
                "refused not_an_event",
                "accepted",
            ]);
        answer
            .Results[0]
            .GetProperty("receipt_id")
            .GetString()
            .ShouldBe((await given.Host.PostAsync(good)).ReceiptId(), "sent alone it is the same event");
        answer.Results[1].TryGetProperty("receipt_id", out _).ShouldBeFalse();
    }

    [Fact]
    public async Task An_array_sent_again_gets_the_same_response_and_changes_nothing()
    {
        var body = Sample.Array([
            Sample.Event(),
            Sample.With("audience_key", "nobody_published_v1"),
            Sample.Without("person"),
            Sample.Event(),
        ]);
        var first = await given.Host.PostAsync(body);
        var head = await given.Host.ScalarAsync<long>("select count(*) from mt_events");
        var held = await given.Host.ScalarAsync<long>("select count(*) from quarantine");
        (await given.Host.PostAsync(body)).Text.ShouldBe(first.Text);
        (await given.Host.ScalarAsync<long>("select count(*) from mt_events")).ShouldBe(head);
        (await given.Host.ScalarAsync<long>("select count(*) from quarantine")).ShouldBe(held);
    }

    [Fact]
    public async Task The_same_event_twice_in_one_array_is_one_row()
    {
        var sample = Sample.Event();
        var answer = await given.Host.PostAsync(Sample.Array([sample, sample.DeepClone()]));
        answer.Status.ShouldBe(200);
        var id = answer.Results.Select(receipt => receipt.GetProperty("receipt_id").GetString()).Distinct().ShouldHaveSingleItem();
        (await given.Host.ScalarAsync<long>($"select count(*) from mt_events where id = '{id}'")).ShouldBe(1);
    }

    [Fact]
    public async Task An_array_of_only_refused_events_is_answered_for_each_of_them()
    {
        var answer = await given.Host.PostAsync(Sample.Array([Sample.Without("event"), Sample.Without("person")]));
        answer.Status.ShouldBe(202);
        answer.Results.Select(Describe).ShouldBe(["refused missing_event", "refused missing_person"]);
    }

    [Fact]
    public async Task An_array_of_one_refused_event_is_answered_as_an_array()
    {
        var answer = await given.Host.PostAsync(Sample.Array([Sample.Without("event")]));
        answer.Status.ShouldBe(202);
        answer.Results.ShouldHaveSingleItem().GetProperty("code").GetString().ShouldBe("missing_event");
    }

    [Fact]
    public async Task An_array_inside_an_array_is_not_an_event() =>
        (await given.Host.PostAsync("[[" + Sample.Event().ToJsonString() + "]," + Sample.Event().ToJsonString() + "]"))
            .Results.Select(Describe)
            .ShouldBe(["refused not_an_event", "accepted"]);

    [Fact]
    public async Task Quarantined_events_of_an_array_are_kept_one_by_one_without_the_whole_array()
    {
        var body = Sample.Array(Enumerable.Range(0, 100).Select(_ => (JsonNode?)Sample.With("audience_key", "crowded_v1")));
        (await given.Host.PostAsync(body)).Status.ShouldBe(202);
        (
            await given.Host.ScalarAsync<long>("select sum(body_bytes)::bigint from quarantine where audience_key = 'crowded_v1'")
        ).ShouldBeLessThanOrEqualTo(body.Length);
    }

    private static string Describe(System.Text.Json.JsonElement receipt) =>
        receipt.GetProperty("status").GetString() + (receipt.TryGetProperty("code", out var code) ? " " + code.GetString() : "");
}

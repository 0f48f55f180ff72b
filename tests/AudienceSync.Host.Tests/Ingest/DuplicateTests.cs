using System.Text.Json.Nodes;
using AudienceSync.Host.Tests.Serving;

namespace AudienceSync.Host.Tests.Ingest;

public sealed class DuplicateTests(IngestHost given) : IClassFixture<IngestHost>
{
    [Fact]
    public async Task A_retry_gets_the_same_response_byte_for_byte()
    {
        var body = Sample.Event().ToJsonString();
        var first = await given.Host.PostAsync(body);
        var second = await given.Host.PostAsync(body);
        first.Status.ShouldBe(200);
        second.Status.ShouldBe(200);
        second.Text.ShouldBe(first.Text);
        first.Json.EnumerateObject().Select(property => property.Name).ShouldBe(["status", "receipt_id"]);
        (await CountAsync(first)).ShouldBe(1);
    }

    [Fact]
    public async Task Fifty_concurrent_copies_are_one_row_and_one_response()
    {
        var body = Sample.Event().ToJsonString();
        var answers = await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => Task.Run(() => given.Host.PostAsync(body))));
        answers.Select(answer => (answer.Status, answer.Text)).Distinct().ShouldHaveSingleItem().Status.ShouldBe(200);
        (await CountAsync(answers[0])).ShouldBe(1);
    }

    [Fact]
    public async Task The_same_id_with_another_body_keeps_the_first()
    {
        var sample = Sample.Event();
        var first = await given.Host.PostAsync(sample);
        var before = await given.Host.StoredAsync(first);
        sample["occurred_at"] = "2026-11-21T09:29:00Z";
        var second = await given.Host.PostAsync(sample);
        second.Text.ShouldBe(first.Text);
        (await given.Host.StoredAsync(second)).ShouldBe(before);
        (await given.Host.ScalarAsync<string>($"select type from mt_events where id = '{first.ReceiptId()}'")).ShouldBe(
            "audience_member_added"
        );
    }

    [Fact]
    public async Task The_same_id_from_another_source_is_another_event()
    {
        var body = Sample.Event().ToJsonString();
        var ours = await given.Host.PostAsync(body);
        var theirs = await given.Host.SendAsync(Webhook.Request(body, TestHostFiles.UnsignedToken));
        theirs.Status.ShouldBe(200);
        theirs.ReceiptId().ShouldNotBe(ours.ReceiptId());
    }

    [Fact]
    public async Task A_redelivered_quarantined_event_is_one_entry_and_gets_the_same_response()
    {
        var sample = Sample.With("audience_key", "nobody_published_v1");
        var first = await given.Host.PostAsync(sample);
        var second = await given.Host.PostAsync(sample);
        first.Status.ShouldBe(202);
        second.Text.ShouldBe(first.Text);
        (await given.Host.ScalarAsync<int>($"select seen from quarantine where id = '{first.ReceiptId()}'")).ShouldBe(2);
    }

    [Fact]
    public async Task A_redelivered_refused_body_is_one_entry()
    {
        var marker = "refused " + Sample.NewId();
        var sample = Sample.With("event", new JsonObject { [marker] = 1 });
        await given.Host.PostAsync(sample);
        await given.Host.PostAsync(sample);
        var bytes = sample.ToJsonString().Length;
        (
            await given.Host.ScalarAsync<int>($"select seen from quarantine where reason = 'missing_event' and body_bytes = {bytes}")
        ).ShouldBe(2);
    }

    private Task<long> CountAsync(Answer answer) =>
        given.Host.ScalarAsync<long>($"select count(*) from mt_events where id = '{answer.ReceiptId()}'");
}

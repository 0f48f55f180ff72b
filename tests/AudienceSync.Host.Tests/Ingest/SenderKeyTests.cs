using System.Text.Json.Nodes;
using AudienceSync.Host.Tests.Serving;

namespace AudienceSync.Host.Tests.Ingest;

/// <summary>event_id, else x-cio-idempotency-key, else x-cio-delivery-id, else the composite. The receipt is derived from it, so it shows which was used.</summary>
public sealed class SenderKeyTests(IngestHost given) : IClassFixture<IngestHost>
{
    private const string IdempotencyKey = "x-cio-idempotency-key";
    private const string DeliveryId = "x-cio-delivery-id";

    [Fact]
    public async Task The_id_in_the_body_goes_before_both_headers()
    {
        var sample = Sample.Event();
        var plain = await given.Host.PostAsync(sample);
        (await PostAsync(sample, (IdempotencyKey, "a"), (DeliveryId, "b"))).ReceiptId().ShouldBe(plain.ReceiptId());
    }

    [Fact]
    public async Task The_idempotency_key_goes_before_the_delivery_id()
    {
        var id = Sample.NewId();
        var byBody = await given.Host.PostAsync(Sample.With("event_id", id));
        (await PostAsync(Sample.Without("event_id"), (IdempotencyKey, id), (DeliveryId, "delivery"))).ReceiptId().ShouldBe(byBody.ReceiptId());
    }

    [Fact]
    public async Task The_delivery_id_goes_before_the_composite()
    {
        var id = Sample.NewId();
        var byBody = await given.Host.PostAsync(Sample.With("event_id", id));
        (await PostAsync(Sample.Without("event_id"), (DeliveryId, id))).ReceiptId().ShouldBe(byBody.ReceiptId());
    }

    [Theory]
    [InlineData("")]
    [InlineData("  ")]
    public async Task An_empty_id_counts_as_none(string empty)
    {
        var header = Sample.NewId();
        var byHeader = await PostAsync(Sample.Without("event_id"), (IdempotencyKey, header));
        (await PostAsync(Sample.With("event_id", empty), (IdempotencyKey, header))).ReceiptId().ShouldBe(byHeader.ReceiptId());
    }

    [Fact]
    public async Task An_id_that_is_a_number_is_taken_as_written()
    {
        var asText = await given.Host.PostAsync(Sample.With("event_id", "998877"));
        (await given.Host.PostAsync(Sample.With("event_id", 998877))).ReceiptId().ShouldBe(asText.ReceiptId());
    }

    [Fact]
    public async Task Without_any_id_the_same_person_event_key_step_and_time_are_the_same_event()
    {
        var sample = Composite();
        var first = await given.Host.PostAsync(sample);
        sample["context"]!["variant"] = "b";
        (await given.Host.PostAsync(sample)).ReceiptId().ShouldBe(first.ReceiptId(), "the variant is no part of it");
    }

    [Theory]
    [InlineData("event", "\"audience_remove\"")]
    [InlineData("occurred_at", "\"2026-11-21T09:20:11.124Z\"")]
    [InlineData("person", """{"customer_id":"another"}""")]
    [InlineData("context", """{"journey":"cart","step":"60min"}""")]
    public async Task Without_any_id_a_change_of_one_of_them_is_another_event(string field, string value)
    {
        var sample = Composite();
        var first = await given.Host.PostAsync(sample);
        sample[field] = JsonNode.Parse(value);
        (await given.Host.PostAsync(sample)).ReceiptId().ShouldNotBe(first.ReceiptId());
    }

    [Fact]
    public async Task Without_any_id_another_key_is_another_event()
    {
        var sample = Composite();
        var first = await given.Host.PostAsync(sample);
        sample["audience_key"] = IngestHost.Longest.Key;
        (await given.Host.PostAsync(sample)).ReceiptId().ShouldNotBe(first.ReceiptId());
    }

    [Fact]
    public async Task The_word_that_templates_render_in_test_sends_has_no_effect()
    {
        foreach (var answer in new[]
        {
            await given.Host.PostAsync(Sample.With("event_id", "unsent")),
            await PostAsync(Sample.Without("event_id"), (IdempotencyKey, "unsent")),
            await PostAsync(Sample.Without("event_id"), (DeliveryId, "unsent")),
        })
        {
            answer.Status.ShouldBe(202);
            answer.Code.ShouldBe("test_send");
        }
    }

    [Fact]
    public async Task A_header_for_an_array_names_each_of_its_events()
    {
        var id = Sample.NewId();
        var answer = await PostAsync(Sample.Array([Sample.Without("event_id"), Sample.Without("event_id")]), (IdempotencyKey, id));
        answer.Results.Select(receipt => receipt.GetProperty("receipt_id").GetString()).Distinct().Count().ShouldBe(2);
    }

    private static JsonObject Composite()
    {
        var sample = Sample.Without("event_id");
        sample["context"] = new JsonObject { ["journey"] = "cart", ["step"] = "30min", ["variant"] = "a" };
        return sample;
    }

    private Task<Answer> PostAsync(JsonObject sample, params (string Name, string Value)[] headers) => PostAsync(sample.ToJsonString(), headers);

    private Task<Answer> PostAsync(string body, params (string Name, string Value)[] headers)
    {
        var request = Webhook.Signed(body);
        foreach (var (name, value) in headers)
        {
            request.Headers.Add(name, value);
        }

        return given.Host.SendAsync(request);
    }
}

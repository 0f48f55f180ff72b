using System.Text.Json.Nodes;
using AudienceSync.Host.Tests.Serving;

namespace AudienceSync.Host.Tests.Ingest;

/// <summary>
/// event_id, else delivery_id, else x-cio-delivery-id, else x-cio-idempotency-key, else the composite. The receipt is derived from it, so
/// it shows which one was used, as long as all events are for the same person.
/// </summary>
public sealed class SenderKeyTests(IngestHost given) : IClassFixture<IngestHost>
{
    private const string IdempotencyKey = "x-cio-idempotency-key";
    private const string DeliveryId = "x-cio-delivery-id";

    [Fact]
    public async Task The_id_in_the_body_takes_precedence_over_both_headers()
    {
        var sample = Sample.Event();
        var plain = await given.Host.PostAsync(sample);
        (await PostAsync(sample, (IdempotencyKey, "a"), (DeliveryId, "b"))).ReceiptId().ShouldBe(plain.ReceiptId());
    }

    [Fact]
    public async Task The_delivery_id_takes_precedence_over_the_idempotency_key_because_a_resend_may_renew_the_key()
    {
        var (withId, withoutId, id) = EventWithAndWithoutId();
        var byBody = await given.Host.PostAsync(withId);
        (await PostAsync(withoutId, (IdempotencyKey, "key"), (DeliveryId, id))).ReceiptId().ShouldBe(byBody.ReceiptId());
        (await PostAsync(withoutId, (IdempotencyKey, "renewed"), (DeliveryId, id))).ReceiptId().ShouldBe(byBody.ReceiptId());
    }

    [Fact]
    public async Task The_delivery_id_in_the_body_takes_precedence_over_both_headers_because_it_is_signed()
    {
        var (withId, withoutId, id) = EventWithAndWithoutId();
        var byBody = await given.Host.PostAsync(withId);
        withoutId["delivery_id"] = id;
        (await PostAsync(withoutId, (IdempotencyKey, "key"), (DeliveryId, "another"))).ReceiptId().ShouldBe(byBody.ReceiptId());
    }

    [Fact]
    public async Task Either_header_takes_precedence_over_the_composite()
    {
        var (withId, withoutId, id) = EventWithAndWithoutId();
        var byBody = await given.Host.PostAsync(withId);
        (await PostAsync(withoutId, (DeliveryId, id))).ReceiptId().ShouldBe(byBody.ReceiptId());
        (await PostAsync(withoutId, (IdempotencyKey, id))).ReceiptId().ShouldBe(byBody.ReceiptId());
    }

    [Theory]
    [InlineData("")]
    [InlineData("  ")]
    public async Task An_empty_id_counts_as_none(string empty)
    {
        var (_, withoutId, header) = EventWithAndWithoutId();
        var byHeader = await PostAsync(withoutId, (IdempotencyKey, header));
        withoutId["event_id"] = empty;
        (await PostAsync(withoutId, (IdempotencyKey, header))).ReceiptId().ShouldBe(byHeader.ReceiptId());
    }

    [Fact]
    public async Task A_numeric_id_is_used_as_written()
    {
        var sample = Sample.With("event_id", "998877");
        var asText = await given.Host.PostAsync(sample);
        sample["event_id"] = 998877;
        (await given.Host.PostAsync(sample)).ReceiptId().ShouldBe(asText.ReceiptId());
    }

    [Fact]
    public async Task Without_any_id_the_same_person_event_key_step_and_time_are_the_same_event()
    {
        var sample = Composite();
        var first = await given.Host.PostAsync(sample);
        sample["context"]!["variant"] = "b";
        (await given.Host.PostAsync(sample)).ReceiptId().ShouldBe(first.ReceiptId(), "the variant is not part of it");
    }

    [Theory]
    [InlineData("event", "\"audience_remove\"")]
    [InlineData("occurred_at", "\"2026-11-21T09:20:11.124Z\"")]
    [InlineData("person", """{"customer_id":"another"}""")]
    [InlineData("context", """{"journey":"cart","step":"60min"}""")]
    public async Task Without_any_id_a_change_of_one_composite_field_is_another_event(string field, string value)
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
    public async Task An_id_that_templates_render_in_test_sends_has_no_effect()
    {
        foreach (
            var answer in new[]
            {
                await given.Host.PostAsync(Sample.With("event_id", "unsent")),
                await PostAsync(Sample.Without("event_id"), (IdempotencyKey, "unsent")),
                await PostAsync(Sample.Without("event_id"), (DeliveryId, "unsent")),
                await given.Host.PostAsync(Sample.With("delivery_id", "unsent")),
                await given.Host.PostAsync(Removal(sample => sample["delivery_id"] = "unsent")),
            }
        )
        {
            answer.Status.ShouldBe(202);
            answer.Code.ShouldBe("test_send");
        }
    }

    [Theory]
    [InlineData("event_id", IdempotencyKey)]
    [InlineData("event_id", DeliveryId)]
    [InlineData("delivery_id", DeliveryId)]
    public async Task A_header_cannot_turn_an_event_with_an_id_of_its_own_into_a_test(string field, string header)
    {
        var sample = Removal(_ => { });
        sample.Remove("event_id");
        sample[field] = Sample.NewId();
        var plain = await given.Host.PostAsync(sample);
        plain.Status.ShouldBe(200);
        (await PostAsync(sample, (header, "unsent"))).Text.ShouldBe(plain.Text);
    }

    [Fact]
    public async Task A_header_cannot_turn_a_removal_whose_own_id_cannot_be_read_into_a_test() =>
        (await PostAsync(Removal(sample => sample["event_id"] = new JsonObject()), (DeliveryId, "unsent")))
            .Warnings()
            .ShouldBe(["invalid_event_id event_id"]);

    [Fact]
    public async Task A_header_for_an_array_names_each_of_its_events()
    {
        var id = Sample.NewId();
        var answer = await PostAsync(Sample.Array([Sample.Without("event_id"), Sample.Without("event_id")]), (IdempotencyKey, id));
        answer.Results.Select(receipt => receipt.GetProperty("receipt_id").GetString()).Distinct().Count().ShouldBe(2);
    }

    private static JsonObject Removal(Action<JsonObject> change)
    {
        var sample = Sample.With("event", "audience_remove");
        change(sample);
        return sample;
    }

    // The same event with its id and without it.
    private static (JsonObject WithId, JsonObject WithoutId, string Id) EventWithAndWithoutId()
    {
        var withId = Sample.Event();
        var withoutId = withId.DeepClone().AsObject();
        withoutId.Remove("event_id");
        return (withId, withoutId, withId["event_id"]!.GetValue<string>());
    }

    private static JsonObject Composite()
    {
        var sample = Sample.Without("event_id");
        sample["context"] = new JsonObject
        {
            ["journey"] = "cart",
            ["step"] = "30min",
            ["variant"] = "a",
        };
        return sample;
    }

    private Task<Answer> PostAsync(JsonObject sample, params (string Name, string Value)[] headers) =>
        PostAsync(sample.ToJsonString(), headers);

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

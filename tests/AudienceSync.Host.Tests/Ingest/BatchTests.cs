using System.Text;
using System.Text.Json.Nodes;
using AudienceSync.Domain;
using AudienceSync.Host.Ingest;
using AudienceSync.Host.Tests.Serving;

namespace AudienceSync.Host.Tests.Ingest;

public sealed class BatchTests(IngestHost given) : IClassFixture<IngestHost>
{
    [Fact]
    public async Task Each_event_has_its_own_outcome_in_its_place_and_none_stops_the_others()
    {
        var good = Sample.Event();
        var removal = Removal();
        removal["occurred_at"] = "soon";
        removal["context"] = "none";
        var answer = await given.Host.BatchAsync([
            good.ToJsonString(),
            "{\"event\":\"audience_add\"",
            "",
            Removal("\\ud800"),
            "  ",
            Sample.With("audience_key", "nobody_published_v1").ToJsonString(),
            removal.ToJsonString(),
            "{\"event\":\"audience_add\",\"event\":\"audience_remove\"}",
            good.ToJsonString() + "\r",
            "7",
            Sample.Without("person").ToJsonString(),
            Sample.Event().ToJsonString(),
        ]);
        answer.Status.ShouldBe(202, answer.Text);
        answer
            .Results.Select(Batch.Describe)
            .ShouldBe([
                "accepted",
                "refused malformed_json",
                "accepted (invalid_text *)",
                "quarantined unknown_audience_key",
                "accepted (invalid_occurred_at occurred_at) (invalid_context context)",
                "refused malformed_json",
                "accepted",
                "refused not_an_event",
                "refused missing_person",
                "accepted",
            ]);
        answer.Totals().ShouldBe([10, 5, 1, 4, 2]);
        Batch.Receipt(answer.Results[6]).ShouldBe(Batch.Receipt(answer.Results[0]), "the same event twice is one fact");
        var receipts = string.Join("','", answer.Results.Select(Batch.Receipt).Where(id => id.Length > 0));
        (await given.Host.ScalarAsync<long>($"select count(*) from mt_events where id in ('{receipts}')")).ShouldBe(4);
        (await given.Host.ScalarAsync<long>($"select count(*) from quarantine where id in ('{receipts}')")).ShouldBe(1);
        (
            await given.Host.ScalarAsync<long>(
                "select count(*) from quarantine where refused and reason = 'malformed_json' and body_bytes = 23"
            )
        ).ShouldBe(1, "an unreadable line is kept alone");
    }

    [Fact]
    public async Task All_events_of_a_batch_are_one_commit()
    {
        var answer = await given.Host.BatchAsync(Enumerable.Range(0, Limits.EventsPerRequest).Select(_ => Sample.Event().ToJsonString()));
        answer.Status.ShouldBe(200);
        answer.Totals().ShouldBe([Limits.EventsPerRequest, Limits.EventsPerRequest, 0, 0, 0]);
        var receipts = string.Join("','", answer.Results.Select(Batch.Receipt));
        (await given.Host.ScalarAsync<long>($"select count(distinct xmin::text) from mt_events where id in ('{receipts}')")).ShouldBe(1);
        (
            await given.Host.ScalarAsync<bool>(
                $"select array_agg(id order by seq_id) = array['{receipts}']::uuid[] from mt_events where id in ('{receipts}')"
            )
        ).ShouldBeTrue("in the log they are in the order of the batch");
    }

    [Theory]
    [InlineData(Batch.Lines)]
    [InlineData("application/json")]
    [InlineData("application/jsonl; charset=utf-8")]
    [InlineData("application/x-jsonlines")]
    [InlineData("text/plain")]
    [InlineData(null)]
    public async Task An_array_and_lines_are_read_whatever_accepted_type_is_declared(string? type)
    {
        string[] events = [Sample.Event().ToJsonString(), Sample.Event().ToJsonString(), Removal().ToJsonString()];
        var array = await given.Host.BatchAsync("\t[" + string.Join(",\n", events) + "\n]\r\n", type);
        array.Status.ShouldBe(200, array.Text);
        (await given.Host.BatchAsync(string.Join('\n', events), type)).Text.ShouldBe(array.Text);
        (await given.Host.BatchAsync("\uFEFF" + string.Join("\r\n\r\n", events) + "\r\n", type)).Text.ShouldBe(array.Text);
    }

    [Fact]
    public async Task One_event_on_several_lines_is_one_event_unless_lines_are_declared()
    {
        var pretty = Sample.Event().ToJsonString(new System.Text.Json.JsonSerializerOptions { WriteIndented = true });
        var single = await given.Host.BatchAsync(pretty, "application/json");
        single.Results.Select(Batch.Describe).ShouldBe(["accepted"]);
        Batch.Receipt(single.Results[0]).ShouldBe((await given.Host.PostAsync(pretty)).ReceiptId());
        var lines = await given.Host.BatchAsync(pretty);
        lines.Results.Count.ShouldBe(pretty.Split('\n').Length);
        lines.Totals()[3].ShouldBe(lines.Results.Count, "each line is refused");
    }

    [Fact]
    public async Task A_batch_sent_again_has_the_same_response_also_in_other_batches_and_alone()
    {
        string[] events =
        [
            Sample.Event().ToJsonString(),
            Sample.With("audience_key", "nobody_published_v1").ToJsonString(),
            ByDelivery("d1").ToJsonString(),
            Composite("ann").ToJsonString(),
            ByDelivery("d1").ToJsonString(),
        ];
        var first = await given.Host.BatchAsync(events);
        var head = await given.Host.ScalarAsync<long>("select count(*) from mt_events");
        (await given.Host.BatchAsync(events)).Text.ShouldBe(first.Text);
        var reversed = await given.Host.BatchAsync(events.Reverse());
        reversed.Results.Select(Batch.Receipt).Reverse().ShouldBe(first.Results.Select(Batch.Receipt));
        foreach (var (one, result) in events.Zip(first.Results))
        {
            Batch.Receipt((await given.Host.PostAsync(one)).Json).ShouldBe(Batch.Receipt(result), one);
        }

        (await given.Host.ScalarAsync<long>("select count(*) from mt_events")).ShouldBe(head, "nothing was appended again");
    }

    [Theory]
    [InlineData("x-cio-delivery-id")]
    [InlineData("x-cio-idempotency-key")]
    public async Task The_headers_of_the_request_are_not_ids_of_its_events(string header)
    {
        var body = Encoding.UTF8.GetBytes(
            Composite("header " + header).ToJsonString() + "\n" + Sample.Without("event_id", "occurred_at").ToJsonString()
        );
        var without = await given.Host.SendAsync(Batch.Request(body, Sample.Now));
        without.Results.Select(Batch.Describe).ShouldBe(["accepted", "refused missing_event_id"]);
        foreach (var value in new[] { "delivery", "unsent" })
        {
            var request = Batch.Request(body, Sample.Now.AddSeconds(value.Length));
            request.Headers.Add(header, value);
            (await given.Host.SendAsync(request)).Text.ShouldBe(without.Text);
        }
    }

    [Fact]
    public async Task The_same_signed_bytes_have_an_effect_once_also_without_ids()
    {
        var removal = Removal();
        removal.Remove("event_id");
        removal.Remove("occurred_at");
        var body = Encoding.UTF8.GetBytes(removal.ToJsonString() + "\n" + Sample.Event().ToJsonString());
        var first = await given.Host.SendAsync(Batch.Request(body, Sample.Now));
        first.Results.Select(Batch.Describe).ShouldBe(["accepted (missing_event_id event_id)", "accepted"]);
        var head = await given.Host.ScalarAsync<long>("select count(*) from mt_events");
        (await given.Host.SendAsync(Batch.Request(body, Sample.Now))).Text.ShouldBe(first.Text);
        (await given.Host.ScalarAsync<long>("select count(*) from mt_events")).ShouldBe(head);
        (await given.Host.ScalarAsync<long>("select count(*) from request_signatures")).ShouldBeGreaterThan(0);
    }

    [Theory]
    [InlineData("[{},", "malformed_json")]
    [InlineData("[{}]{}", "malformed_json")]
    [InlineData("[]", "no_events")]
    [InlineData("", "no_events")]
    [InlineData(" \r\n\t\n", "no_events")]
    public async Task A_body_without_events_is_refused_as_a_whole_and_kept(string body, string code)
    {
        var kept = await given.Host.ScalarAsync<long>($"select coalesce(sum(seen), 0) from quarantine where refused and reason = '{code}'");
        var answer = await given.Host.BatchAsync(body);
        (answer.Status, answer.Code).ShouldBe((422, code), answer.Text);
        (await given.Host.ScalarAsync<long>($"select coalesce(sum(seen), 0) from quarantine where refused and reason = '{code}'")).ShouldBe(
            kept + 1
        );
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task One_event_too_many_refuses_the_batch(bool asArray)
    {
        var events = Enumerable.Range(0, Limits.EventsPerRequest + 1).Select(_ => Sample.Event().ToJsonString()).ToList();
        var answer = await given.Host.BatchAsync(asArray ? $"[{string.Join(',', events)}]" : string.Join('\n', events));
        (answer.Status, answer.Code).ShouldBe((422, "too_many_events"));
    }

    [Fact]
    public async Task Token_signature_and_form_are_checked_as_for_a_single_webhook()
    {
        var body = Encoding.UTF8.GetBytes(Sample.Event().ToJsonString());
        var unknown = Batch.Request(body, Sample.Now);
        unknown.Headers.Authorization = new("Bearer", "wrong");
        (await given.Host.SendAsync(unknown)).Code.ShouldBe("unauthorized");
        var unsigned = Batch.Request(body, Sample.Now);
        unsigned.Headers.Remove(SignatureCheck.SignatureHeader);
        (await given.Host.SendAsync(unsigned)).Code.ShouldBe("signature_missing");
        var forged = Batch.Request([.. body, (byte)' '], Sample.Now);
        forged.Content = new ByteArrayContent(body);
        (await given.Host.SendAsync(forged)).Code.ShouldBe("signature_wrong");
        (await given.Host.BatchAsync("event=audience_add", "application/x-www-form-urlencoded")).Code.ShouldBe("unsupported_media_type");
        var compressed = Batch.Request(body, Sample.Now);
        compressed.Content!.Headers.ContentEncoding.Add("gzip");
        (await given.Host.SendAsync(compressed)).Code.ShouldBe("unsupported_encoding");
    }

    [Theory]
    [InlineData("GET")]
    [InlineData("PUT")]
    [InlineData("DELETE")]
    public async Task Only_post_is_a_batch(string method)
    {
        using var request = Batch.Request(Encoding.UTF8.GetBytes(Sample.Event().ToJsonString()), Sample.Now);
        request.Method = new HttpMethod(method);
        using var response = await given.Host.Http.SendAsync(request);
        ((int)response.StatusCode).ShouldBe(405);
        response.Content.Headers.Allow.ShouldBe(["POST"]);
    }

    private static JsonObject Removal() => Sample.With("event", "audience_remove");

    // With a property name that is no text.
    private static string Removal(string name) => Removal().ToJsonString()[..^1] + $",\"{name}\":1}}";

    private static JsonObject Composite(string customer)
    {
        var sample = Sample.Without("event_id");
        sample["person"] = new JsonObject { ["customer_id"] = customer };
        return sample;
    }

    private static JsonObject ByDelivery(string delivery)
    {
        var sample = Composite("of " + delivery);
        sample["delivery_id"] = delivery;
        return sample;
    }
}

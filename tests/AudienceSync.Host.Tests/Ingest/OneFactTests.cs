using System.Text.Json.Nodes;
using AudienceSync.Host.Ingest.Append;
using AudienceSync.Host.Ingest.Reading;
using AudienceSync.Host.Tests.Serving;

namespace AudienceSync.Host.Tests.Ingest;

/// <summary>An event is one fact (design section 6, rule 4): another fact has another id, and a retry has the same id.</summary>
public sealed class OneFactTests(IngestHost given, Xunit.Abstractions.ITestOutputHelper output) : IClassFixture<IngestHost>
{
    private const int Rounds = 3_000;

    [Fact]
    public async Task One_id_for_an_add_and_then_for_the_removal_of_the_same_person_is_two_facts_and_the_person_is_out()
    {
        var add = About("trig-77", "audience_add", "2026-11-21T09:00:00Z");
        var remove = About("trig-77", "audience_remove", "2026-11-21T09:10:00Z");
        var added = await given.Host.PostAsync(add);
        var removed = await given.Host.PostAsync(remove);
        removed.ReceiptId().ShouldNotBe(added.ReceiptId());
        (await given.Host.PostAsync(remove)).Text.ShouldBe(removed.Text);
        await given.Host.WaitUntilQuietAsync();
        (await StateAsync(removed)).ShouldBe((short)2);
    }

    [Fact]
    public async Task One_id_for_two_people_is_two_facts()
    {
        var first = await given.Host.PostAsync(With(About("trig-78", "audience_add"), "customer_id", "a"));
        (await given.Host.PostAsync(With(About("trig-78", "audience_add"), "customer_id", "b"))).ReceiptId().ShouldNotBe(first.ReceiptId());
    }

    [Fact]
    public async Task Without_an_id_two_addresses_of_one_customer_in_the_same_second_are_two_facts()
    {
        var sample = About(null, "audience_add");
        var first = await given.Host.PostAsync(With(sample, "email", "one@example.com"));
        var second = await given.Host.PostAsync(With(sample, "email", "two@example.com"));
        second.ReceiptId().ShouldNotBe(first.ReceiptId());
        (await given.Host.PostAsync(With(sample, "email", "one@example.com"))).Text.ShouldBe(first.Text);
    }

    [Fact]
    public async Task One_id_for_a_grant_and_then_for_a_withdrawal_is_two_facts()
    {
        var sample = About("trig-79", "person_consent");
        sample["consent"] = new JsonObject { ["ad_user_data"] = "granted" };
        var granted = await given.Host.PostAsync(sample);
        sample["consent"]!["ad_user_data"] = "denied";
        (await given.Host.PostAsync(sample)).ReceiptId().ShouldNotBe(granted.ReceiptId());
    }

    [Fact]
    public void A_retry_of_an_event_whose_clock_ran_ahead_is_the_same_event_although_it_is_received_later()
    {
        using var stage = new ReaderStage();
        var sample = About(null, "audience_remove", "2026-11-21T12:00:00Z").ToJsonString();
        var first = stage.Read(sample).Event!;
        var second = stage.Read(sample, at: ReaderStage.Now.AddMinutes(7)).Event!;
        second.Id.ShouldBe(first.Id);
        (first.OccurredAt, second.OccurredAt).ShouldBe((ReaderStage.Now, ReaderStage.Now.AddMinutes(7)), "each is the time of receipt");
    }

    [Fact]
    public async Task An_add_in_local_time_does_not_outweigh_the_removal_that_follows()
    {
        await using var host = await TestHost.StartAsync(new TestHostOptions { Clock = new OffsetClock(Sample.Now) });
        var clock = (OffsetClock)host.Clock;
        (await host.PostAsync(About("local", "audience_add", "2026-11-21T19:30:00"))).Warnings().ShouldBe(["clock_ahead occurred_at"]);
        clock.Advance(TimeSpan.FromMinutes(1));
        var removed = await host.PostAsync(About("local", "audience_remove", clock.GetUtcNow().ToString("O")));
        await host.WaitUntilQuietAsync();
        (await StateAsync(removed, host)).ShouldBe((short)2);
    }

    [Fact]
    public async Task An_id_reused_for_another_body_keeps_the_first_and_is_counted_but_a_retry_is_not()
    {
        await using var host = await TestHost.StartAsync(new TestHostOptions { Clock = new OffsetClock(Sample.Now) });
        var sample = With(About("used", "audience_add"), "email", "first@example.com");
        var first = await host.PostAsync(sample);
        var withoutId = About(null, "audience_remove");
        withoutId.Remove("occurred_at");
        await host.PostAsync(withoutId, "x-cio-delivery-id", "d1");
        for (var retry = 0; retry < 3; retry++)
        {
            (await host.PostAsync(sample)).Text.ShouldBe(first.Text);
            (await host.PostAsync(withoutId, "x-cio-delivery-id", "d1")).Status.ShouldBe(200);
        }

        (await CountsAsync(host)).ShouldBeEmpty("a retry is not another body, and a time of receipt is not another time");
        (await host.PostAsync(With(sample, "email", "second@example.com"))).Text.ShouldBe(first.Text);
        (await host.PostAsync(Changed(sample, "occurred_at", "2026-11-21T09:00:01Z"))).Text.ShouldBe(first.Text);
        (
            await host.PostAsync(Sample.Array([Changed(sample, "context", new JsonObject { ["step"] = "2" }), sample.DeepClone()]))
        ).Status.ShouldBe(200);
        (await CountsAsync(host)).ShouldBe(["signed id_reused 3"]);
        (await host.ScalarAsync<long>("select count(*) from mt_events where type like 'audience_member%'")).ShouldBe(2);
    }

    [Fact]
    public async Task Warnings_are_counted_by_source_and_code()
    {
        await using var host = await TestHost.StartAsync(IngestHost.Options);
        var ahead = Changed(About("ahead", "audience_add"), "occurred_at", Sample.Now.AddHours(2).ToString("O"));
        await host.PostAsync(ahead);
        await host.PostAsync(ahead);
        await host.PostAsync(Sample.Array([About("a", "audience_remove", "soon"), About("b", "audience_remove", "later")]));
        await host.SendAsync(
            Webhook.Request(Changed(About("c", "audience_remove"), "context", "x").ToJsonString(), TestHostFiles.UnsignedToken)
        );
        (await CountsAsync(host)).ShouldBe(["signed clock_ahead 1", "signed invalid_occurred_at 2", "unsigned invalid_context 1"]);
    }

    [Fact]
    public void Two_events_have_one_id_only_when_they_are_one_fact()
    {
        var random = Seeded.Random(output);
        using var stage = new ReaderStage();
        var facts = new Dictionary<string, string>(StringComparer.Ordinal);
        var ids = new Dictionary<string, string>(StringComparer.Ordinal);
        for (var round = 0; round < Rounds; round++)
        {
            var (json, headers, source, fact) = Draw(random);
            var id = stage.Read(json, headers, source).Event.ShouldNotBeNull(json).Id.ToString();
            facts.TryAdd(id, fact).ShouldBe(!ids.ContainsKey(fact), json);
            ids.TryAdd(fact, id);
            (facts[id], ids[fact]).ShouldBe((fact, id), json);
        }
    }

    // An event with few possible values, so that facts repeat. Its fact is determined by the values that were drawn, not by those that were
    // read.
    private static (string Json, SenderKey Headers, string Source, string Fact) Draw(Random random)
    {
        string Pick(params string[] values) => values[random.Next(values.Length)];
        var name = Pick("audience_add", "audience_remove", "exposure", "person_suppress", "person_unsuppress", "person_consent");
        var (customer, email) = (Pick("", "c1", "c2"), Pick("x@example.com", "y@example.com"));
        var (id, delivery, key, time) = (
            Pick("", "", "t1", "t2"),
            Pick("", "", "t1", "d1"),
            Pick(Sample.Key, ReaderStage.OtherKey),
            Pick("09:00:00Z", "09:00:01Z")
        );
        var (step, place, answer, source) = (
            Pick("", "1"),
            Pick("", "meta_main", "google_main"),
            Pick("granted", "denied"),
            Pick("shop", "shop2")
        );
        var json = new JsonObject
        {
            ["event"] = name,
            ["event_id"] = id,
            ["occurred_at"] = "2026-11-21T" + time,
            ["person"] = new JsonObject
            {
                ["customer_id"] = customer,
                ["email"] = email,
                ["city"] = Pick("Boston", "Lyon"),
            },
        };
        var what = name switch
        {
            "person_suppress" or "person_unsuppress" => place,
            "person_consent" => answer,
            _ => key,
        };
        json[FieldOf(name)] = what;
        json["context"] = new JsonObject { ["step"] = step };
        json["consent"] = name == "person_consent" ? new JsonObject { ["ad_user_data"] = answer } : null;
        var sent = id.Length > 0 ? id : delivery;
        var person = customer.Length > 0 ? customer : email;
        var hasStep = !name.StartsWith("person", StringComparison.Ordinal);
        var fact =
            sent.Length > 0
                ? $"{source} {sent} {name} {what} {person}"
                : $"{source} {name} {what} {customer} {email} {(hasStep ? step : "")} {time}";
        return (
            json.ToJsonString(),
            new SenderKey("any " + random.Next(), delivery.Length > 0 ? delivery : null) is var headers && delivery.Length == 0
                ? default
                : headers,
            source,
            fact
        );
    }

    // The field of an event that distinguishes its fact.
    private static string FieldOf(string name) =>
        name switch
        {
            "person_suppress" or "person_unsuppress" => "destination",
            "person_consent" => "nothing",
            _ => "audience_key",
        };

    private static JsonObject About(string? id, string name, string? at = null)
    {
        var sample = Sample.With("event", name);
        sample["event_id"] = id;
        sample["occurred_at"] = at ?? "2026-11-21T09:00:00Z";
        sample["person"] = new JsonObject { ["customer_id"] = "one of " + id };
        return sample;
    }

    private static JsonObject With(JsonObject sample, string field, string value)
    {
        var copy = sample.DeepClone().AsObject();
        copy["person"]![field] = value;
        return copy;
    }

    private static JsonObject Changed(JsonObject sample, string field, JsonNode value)
    {
        var copy = sample.DeepClone().AsObject();
        copy[field] = value;
        return copy;
    }

    private Task<short> StateAsync(Answer answer, TestHost? host = null) =>
        (host ?? given.Host).ScalarAsync<short>(
            $"select m.state from mt_events e join membership m on m.person = e.stream_id where e.id = '{answer.ReceiptId()}'"
        );

    private static async Task<IReadOnlyList<string>> CountsAsync(TestHost host) =>
        [
            .. (await host.GetAsync("/v1/status"))
                .GetProperty("sources")
                .EnumerateArray()
                .Select(count =>
                    $"{count.GetProperty("source").GetString()} {count.GetProperty("code").GetString()} "
                    + $"{count.GetProperty("events").GetInt64()}"
                ),
        ];
}

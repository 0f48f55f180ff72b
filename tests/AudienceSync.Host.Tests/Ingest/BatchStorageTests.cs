using System.Text.Json;
using System.Text.Json.Nodes;
using AudienceSync.Domain;
using AudienceSync.Host.Tests.Serving;
using AudienceSync.Host.Tests.Workspaces;
using Xunit.Abstractions;

namespace AudienceSync.Host.Tests.Ingest;

/// <summary>What a batch leaves in the log, beside what single webhooks leave, and when the database refuses a part of it.</summary>
public sealed class BatchStorageTests(ITestOutputHelper output)
{
    private const int Batches = 25;

    // Ids and people are digests under a key of the workspace, so an event is identified by its place among those that were sent, and a
    // person by the first of them.
    private const string Sent = """
        with sent as (
          select row_number() over (order by seq_id) as n, * from mt_events
          where type like 'audience_member%' or type = 'audience_exposure_recorded' or type = 'person_suppressed'),
        people as (select stream_id, min(n) as n from sent group by 1)
        """;

    // Without what the append adds about the identifiers that were new: in one commit, that is decided for all events of a person together.
    private const string LogSql = $$"""
        {{Sent}}
        select json_agg(json_build_array(s.type, s.data - '{saidRevision,saidKinds}'::text[], p.n) order by s.n)::text from sent s
          join people p using (stream_id)
        """;

    private const string LinksSql = $"""
        {Sent}
        select coalesce(json_agg(json_build_array(p.n, o.n) order by p.n, o.n), '[]')::text from mt_events l
        join people p on p.stream_id = l.stream_id left join people o on o.stream_id = (l.data->>'owner')::uuid
          where l.type = 'person_linked'
        """;

    private const string MembersSql = """
        select coalesce(json_agg(json_build_array(k.audience_key, m.added_at, m.removed_at, m.state)
          order by k.audience_key, m.added_at, m.removed_at, m.state), '[]')::text
        from membership m join audience_keys k using (key_id)
        """;

    [Fact]
    public async Task Generated_batches_leave_the_same_log_and_the_same_members_as_single_webhooks()
    {
        var random = Seeded.Random(output);
        await using var batched = await TestHost.StartAsync(IngestHost.Options);
        await using var single = await TestHost.StartAsync(IngestHost.Options);
        var sent = new List<string>();
        var (batchIds, singleIds) = (new List<string>(), new List<string>());
        for (var n = 0; n < Batches; n++)
        {
            var events = Enumerable
                .Range(0, random.Next(1, 40))
                .Select(_ => sent.Count > 0 && random.Next(8) == 0 ? sent[random.Next(sent.Count)] : Event(random))
                .ToList();
            sent.AddRange(events);
            var answer = await batched.BatchAsync(random.Next(2) == 0 ? string.Join('\n', events) : $"[{string.Join(',', events)}]");
            answer.Results.Count.ShouldBe(events.Count, answer.Text);
            foreach (var (one, result) in events.Zip(answer.Results))
            {
                Outcome((await single.PostAsync(one)).Json, singleIds).ShouldBe(Outcome(result, batchIds), one);
            }
        }

        await batched.WaitUntilQuietAsync();
        await single.WaitUntilQuietAsync();
        (await batched.ScalarAsync<string>(LogSql)).ShouldBe(await single.ScalarAsync<string>(LogSql));
        (await batched.ScalarAsync<string>(LinksSql)).ShouldBe(await single.ScalarAsync<string>(LinksSql));
        (await batched.ScalarAsync<string>(MembersSql)).ShouldBe(await single.ScalarAsync<string>(MembersSql));
        (await batched.ScalarAsync<long>("select count(*) from membership where state = 2")).ShouldBeGreaterThan(0, "there were removals");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task What_the_database_cannot_store_does_not_stop_the_removals_beside_it(bool asBatch)
    {
        await using var host = await TestHost.StartAsync(IngestHost.Options);
        await host.ExecuteAsync("alter table mt_events add check (data->'context'->>'step' is distinct from 'poison')");
        var events = Enumerable.Range(0, 40).Select(n => n % 2 == 0 ? Sample.Event() : Sample.With("event", "audience_remove")).ToList();
        events[7]["context"] = new JsonObject { ["step"] = "poison" };
        events[20]["context"] = new JsonObject { ["step"] = "poison" };
        events[21] = (JsonObject)events[1].DeepClone();
        events[30].Remove("person");
        var body = $"[{string.Join(',', events.Select(one => one.ToJsonString()))}]";
        var answer = asBatch ? await host.BatchAsync(body) : await host.PostAsync(body);

        answer.Status.ShouldBe(202, answer.Text);
        answer
            .Results.Select(Batch.Describe)
            .ShouldBe(
                Enumerable
                    .Range(0, 40)
                    .Select(n =>
                        n is 7 or 20 ? "quarantined unstorable"
                        : n == 30 ? "refused missing_person"
                        : "accepted"
                    )
            );
        (await host.ScalarAsync<long>("select count(*) from mt_events where type like 'audience_member%'")).ShouldBe(36);
        (await host.ScalarAsync<long>("select count(*) from quarantine")).ShouldBe(3);
        (asBatch ? await host.BatchAsync(body) : await host.PostAsync(body)).Text.ShouldBe(answer.Text, "a retry has the same response");
        (await host.ScalarAsync<long>("select count(*) from mt_events where type like 'audience_member%'")).ShouldBe(36);
    }

    [Fact]
    public async Task A_batch_of_four_MiB_over_a_real_connection_is_accepted_and_one_byte_more_is_refused()
    {
        await using var host = await TestHost.StartAsync(new TestHostOptions { RealPort = true, Clock = new SetClock(Sample.Now) });
        var body = Sample.Event().ToJsonString().Replace("high_intent_cart_7d_v1", "winback_45d_v1", StringComparison.Ordinal);
        var full = await host.BatchAsync(body.PadRight(Limits.BatchBytes, '\n'));
        (full.Status, full.Results.Count).ShouldBe((200, 1), full.Text);
        var more = await host.BatchAsync(body.PadRight(Limits.BatchBytes + 1, '\n'));
        (more.Status, more.Code).ShouldBe((413, "batch_too_large"));
    }

    // Of an event that was not accepted only the code: alone, a refusal has another form. Of a receipt its place among those of the Host.
    private static string Outcome(JsonElement receipt, List<string> ids)
    {
        if (receipt.TryGetProperty("code", out var code))
        {
            return code.GetString()!;
        }

        var id = Batch.Receipt(receipt);
        if (!ids.Contains(id))
        {
            ids.Add(id);
        }

        return $"{Batch.Describe(receipt)} {ids.IndexOf(id)}";
    }

    private static string Event(Random random)
    {
        var person = random.Next(12);
        var name = random.Next(10) switch
        {
            < 5 => "audience_add",
            < 8 => "audience_remove",
            8 => "exposure",
            _ => "person_suppress",
        };
        var sample = new JsonObject
        {
            ["event"] = name,
            ["audience_key"] = random.Next(12) == 0 ? "nobody_published_v1" : Sample.Key,
            ["occurred_at"] = Sample.Now.AddSeconds(-random.Next(100_000)).ToString("O"),
            ["person"] = Person(person, random),
        };
        if (random.Next(4) > 0)
        {
            sample["event_id"] = $"id {random.Next(400)}";
        }
        else if (random.Next(2) == 0)
        {
            sample["delivery_id"] = $"delivery {random.Next(400)}";
        }

        if (random.Next(6) == 0)
        {
            sample[random.Next(2) == 0 ? "context" : "consent"] = "junk";
        }

        if (random.Next(15) == 0)
        {
            sample.Remove(random.Next(2) == 0 ? "person" : "event");
        }

        return sample.ToJsonString();
    }

    private static JsonObject Person(int number, Random random) =>
        random.Next(3) switch
        {
            0 => new JsonObject { ["customer_id"] = $"c{number}", ["email"] = $"m{number}@example.com" },
            1 => new JsonObject { ["customer_id"] = $"c{number}" },
            _ => new JsonObject { ["email"] = $"m{number}@example.com" },
        };
}

using System.Text.Json;
using System.Text.Json.Nodes;
using AudienceSync.Domain;
using AudienceSync.Host.Tests.Serving;
using Npgsql;
using Xunit.Abstractions;

namespace AudienceSync.Host.Tests.Ingest;

/// <summary>What a batch leaves in the log, beside what single webhooks leave, and when the database refuses a part of it.</summary>
public sealed class BatchStorageTests(ITestOutputHelper output)
{
    private const int Batches = 25;

    private const string LogSql = """
        select coalesce(json_agg(json_build_array(e.id, e.type, e.data, f.first) order by e.seq_id), '[]')::text from mt_events e
        cross join lateral (select i.id as first from mt_events i where i.stream_id = e.stream_id order by i.seq_id limit 1) f
        where e.type not like 'audience_registered' and e.type not like 'audience_key%' and e.type not like 'audience_bound'
        """;

    private const string MembersSql = """
        select coalesce(json_agg(json_build_array(k.audience_key, m.added_at, m.removed_at, m.state) order by k.audience_key, m.added_at, m.removed_at, m.state), '[]')::text
        from membership m join audience_keys k using (key_id)
        """;

    [Fact]
    public async Task Generated_batches_leave_the_same_log_and_the_same_members_as_single_webhooks()
    {
        var random = Seeded.Random(output);
        await using var batched = await TestHost.StartAsync(IngestHost.Options);
        await using var single = await TestHost.StartAsync(IngestHost.Options);
        var sent = new List<string>();
        for (var n = 0; n < Batches; n++)
        {
            var events = Enumerable.Range(0, random.Next(1, 40)).Select(_ => sent.Count > 0 && random.Next(8) == 0 ? sent[random.Next(sent.Count)] : Event(random)).ToList();
            sent.AddRange(events);
            var answer = await batched.BatchAsync(random.Next(2) == 0 ? string.Join('\n', events) : $"[{string.Join(',', events)}]");
            answer.Results.Count.ShouldBe(events.Count, answer.Text);
            foreach (var (one, result) in events.Zip(answer.Results))
            {
                Outcome((await single.PostAsync(one)).Json).ShouldBe(Outcome(result), one);
            }
        }

        await batched.WaitUntilQuietAsync();
        await single.WaitUntilQuietAsync();
        (await batched.ScalarAsync<string>(LogSql)).ShouldBe(await single.ScalarAsync<string>(LogSql));
        (await batched.ScalarAsync<string>(MembersSql)).ShouldBe(await single.ScalarAsync<string>(MembersSql));
        (await batched.ScalarAsync<long>("select count(*) from membership where state = 2")).ShouldBeGreaterThan(0, "there were removals");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task What_the_database_cannot_store_does_not_stop_the_removals_beside_it(bool asBatch)
    {
        await using var host = await TestHost.StartAsync(IngestHost.Options);
        var owner = new NpgsqlConnectionStringBuilder(host.Database) { SearchPath = "ws_default", Pooling = false };
        await using (var connection = new NpgsqlConnection(owner.ConnectionString))
        {
            await connection.OpenAsync();
            await using var command = new NpgsqlCommand("alter table mt_events add check (data->'context'->>'step' is distinct from 'poison')", connection);
            await command.ExecuteNonQueryAsync();
        }

        var events = Enumerable.Range(0, 40).Select(n => n % 2 == 0 ? Sample.Event() : Sample.With("event", "audience_remove")).ToList();
        events[7]["context"] = new JsonObject { ["step"] = "poison" };
        events[20]["context"] = new JsonObject { ["step"] = "poison" };
        events[21] = (JsonObject)events[1].DeepClone();
        events[30].Remove("person");
        var body = $"[{string.Join(',', events.Select(one => one.ToJsonString()))}]";
        var answer = asBatch ? await host.BatchAsync(body) : await host.PostAsync(body);

        answer.Status.ShouldBe(202, answer.Text);
        answer.Results.Select(Batch.Describe).ShouldBe(Enumerable.Range(0, 40).Select(n =>
            n is 7 or 20 ? "quarantined unstorable" : n == 30 ? "refused missing_person" : "accepted"));
        (await host.ScalarAsync<long>("select count(*) from mt_events where type like 'audience_member%'")).ShouldBe(36);
        (await host.ScalarAsync<long>("select count(*) from quarantine")).ShouldBe(3);
        (asBatch ? await host.BatchAsync(body) : await host.PostAsync(body)).Text.ShouldBe(answer.Text, "a retry has the same response");
        (await host.ScalarAsync<long>("select count(*) from mt_events where type like 'audience_member%'")).ShouldBe(36);
    }

    [Fact]
    public async Task A_batch_of_four_MiB_over_a_real_connection_is_accepted_and_one_byte_more_is_refused()
    {
        await using var host = await TestHost.StartAsync(new TestHostOptions { RealPort = true, Clock = new FrozenClock(Sample.Now) });
        var body = Sample.Event().ToJsonString().Replace("high_intent_cart_7d_v1", "winback_45d_v1", StringComparison.Ordinal);
        var full = await host.BatchAsync(body.PadRight(Limits.BatchBytes, '\n'));
        (full.Status, full.Results.Count).ShouldBe((200, 1), full.Text);
        var more = await host.BatchAsync(body.PadRight(Limits.BatchBytes + 1, '\n'));
        (more.Status, more.Code).ShouldBe((413, "batch_too_large"));
    }

    // Of an event that was not accepted only the code: alone, a refusal has another form, and the receipt of a quarantined one is a digest
    // under a key of the workspace.
    private static string Outcome(JsonElement receipt) =>
        receipt.TryGetProperty("code", out var code) ? code.GetString()! : $"{Batch.Describe(receipt)} {Batch.Receipt(receipt)}";

    private static string Event(Random random)
    {
        var person = random.Next(12);
        var name = random.Next(10) switch { < 5 => "audience_add", < 8 => "audience_remove", 8 => "exposure", _ => "person_suppress" };
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

    private static JsonObject Person(int number, Random random) => random.Next(3) switch
    {
        0 => new JsonObject { ["customer_id"] = $"c{number}", ["email"] = $"m{number}@example.com" },
        1 => new JsonObject { ["customer_id"] = $"c{number}" },
        _ => new JsonObject { ["email"] = $"m{number}@example.com" },
    };
}

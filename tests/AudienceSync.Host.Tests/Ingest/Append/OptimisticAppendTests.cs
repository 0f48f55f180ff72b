using AudienceSync.Host.Ingest.Append;
using AudienceSync.Host.Tests.Workspaces;

namespace AudienceSync.Host.Tests.Ingest.Append;

/// <summary>A batch that is written as if everything in it were new has the same result as after reading first.</summary>
public sealed class OptimisticAppendTests
{
    // Everything that must not depend on how it was appended. People are identified by their anchors, because their ids are random, and so
    // are the ids of the events that the engine itself appends about them.
    private const string HistorySql = """
        select 'event', e.id::text, p.anchor::text, e.type, row_number() over (order by e.seq_id)::text, ''
          from mt_events e join people p on p.person = e.stream_id where e.type = 'audience_member_added'
        union all
        select 'stream', p.anchor::text, e.type, count(*)::text, max(e.version)::text, '' from mt_events e
          join people p on p.person = e.stream_id group by 2, 3
        union all
        select 'alias', a.digest::text, x.anchor::text, o.anchor::text, a.claimed_at::text, ''
          from person_aliases a left join people x on x.person = a.anchor left join people o on o.person = a.owner
        union all
        select 'person', p.anchor::text, o.anchor::text, p.revision::text, coalesce(p.email::text, '-'), coalesce(p.phone::text, '-')
          from people p left join people o on o.person = p.owner
        order by 1, 2, 3
        """;

    [Fact]
    public async Task After_reads_that_found_nothing_a_batch_is_appended_without_reading()
    {
        await using var workspace = await TestWorkspace.CreateAsync([null]);
        var log = workspace.OpenLog();
        await FillStreakAsync(workspace, log);
        log.OptimisticAppends.ShouldBe(0);

        await SendEventAsync(log, workspace.Webhooks.Add("new", TestWorkspace.Start, "new", "new@shop.example"));
        await SendEventAsync(log, workspace.Webhooks.Add("known", TestWorkspace.Start, "first-0"));

        (log.OptimisticAppends, log.RefusedOptimisticAppends).ShouldBe((2, 0));
        await LogChecks.VerifyAsync(workspace);
    }

    [Fact]
    public async Task A_redelivered_old_event_is_a_duplicate_and_costs_no_position_and_no_cache()
    {
        await using var workspace = await TestWorkspace.CreateAsync([null]);
        {
            var before = workspace.OpenLog();
            await SendEventAsync(before, workspace.Webhooks.Add("old", TestWorkspace.Start, "somebody"));
        }

        var log = workspace.OpenLog();
        await FillStreakAsync(workspace, log);
        var drawn = await workspace.AskAsync<long>("select last_value from mt_events_sequence");

        var again = await SendEventAsync(log, workspace.Webhooks.Add("old", TestWorkspace.Start, "a stranger to the host"));

        again.Outcome.Has(ItemOutcome.Duplicate).ShouldBeTrue();
        log.RefusedOptimisticAppends.ShouldBe(1);
        (await workspace.AskAsync<long>("select last_value from mt_events_sequence")).ShouldBe(drawn);
        (await workspace.AskAsync<long>($"select count(*) from mt_events where id = '{again.Event.Id.Value}'")).ShouldBe(1);
        await FillStreakAsync(workspace, log, "second");
        await SendEventAsync(log, workspace.Webhooks.Add("known", TestWorkspace.Start, "first-0"));
        log.OptimisticAppends.ShouldBe(1, "the cached person is still cached");
    }

    [Fact]
    public async Task A_retry_of_a_recent_event_of_this_host_is_detected_without_a_refused_batch()
    {
        await using var workspace = await TestWorkspace.CreateAsync([null]);
        var log = workspace.OpenLog();
        await FillStreakAsync(workspace, log);

        var again = await SendEventAsync(log, workspace.Webhooks.Add("first-0", TestWorkspace.Start, "first-0"));

        again.Outcome.Has(ItemOutcome.Duplicate).ShouldBeTrue();
        (log.OptimisticAppends, log.RefusedOptimisticAppends).ShouldBe((1, 0));
    }

    [Fact]
    public async Task A_stored_person_that_the_host_has_not_cached_is_not_created_twice()
    {
        await using var workspace = await TestWorkspace.CreateAsync([null]);
        {
            var before = workspace.OpenLog();
            await SendEventAsync(before, workspace.Webhooks.Add("old", TestWorkspace.Start, "somebody", "somebody@shop.example"));
        }

        var log = workspace.OpenLog();
        await FillStreakAsync(workspace, log);
        var people = await workspace.AskAsync<long>("select count(*) from people");

        await SendEventAsync(log, workspace.Webhooks.Add("again", TestWorkspace.Start, "somebody"));
        await FillStreakAsync(workspace, log, "second");
        await SendEventAsync(log, workspace.Webhooks.Add("by address", TestWorkspace.Start, email: "somebody@shop.example"));

        log.RefusedOptimisticAppends.ShouldBe(2);
        (await workspace.AskAsync<long>("select count(*) from people where owner is null")).ShouldBe(people + FreshStreak.Needed);
        (await workspace.AskAsync<long>("select count(*) from people where owner is not null")).ShouldBe(
            1,
            "the address is an anchor now, and belongs to that person"
        );
        await LogChecks.VerifyAsync(workspace);
    }

    [Fact]
    public async Task Events_that_another_host_appended_in_between_are_detected()
    {
        await using var workspace = await TestWorkspace.CreateAsync([null]);
        var log = workspace.OpenLog();
        var other = workspace.OpenLog();
        await FillStreakAsync(workspace, log);

        await SendEventAsync(other, workspace.Webhooks.Add("theirs", TestWorkspace.Start, "first-0"));
        await SendEventAsync(log, workspace.Webhooks.Add("ours", TestWorkspace.Start, "first-0"));

        log.RefusedOptimisticAppends.ShouldBe(1);
        (await workspace.AskAsync<long>("select max(version) from mt_events")).ShouldBe(3);
        await LogChecks.VerifyAsync(workspace);
    }

    [Fact]
    public async Task A_body_partition_created_by_a_refused_batch_is_created_again()
    {
        await using var workspace = await TestWorkspace.CreateAsync([null]);
        {
            var before = workspace.OpenLog();
            await SendEventAsync(before, workspace.Webhooks.Add("old", TestWorkspace.Start, "somebody"));
        }

        var log = workspace.OpenLog();
        await FillStreakAsync(workspace, log);
        workspace.Clock.Advance(TimeSpan.FromDays(30));

        await SendEventAsync(log, workspace.Webhooks.Add("later", TestWorkspace.Start, "somebody"));

        log.RefusedOptimisticAppends.ShouldBe(1);
        await LogChecks.VerifyAsync(workspace);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task Any_history_has_the_same_result_with_optimistic_hosts_as_with_one_that_always_reads(int seed)
    {
        await using var guessing = await TestWorkspace.CreateAsync([null]);
        await using var reading = await TestWorkspace.CreateAsync([null]);
        EventLogStore[] hosts = [guessing.OpenLog(), guessing.OpenLog()];
        var random = new Random(seed);
        var host = 0;
        for (var batch = 0; batch < 250; batch++)
        {
            var drawn = Enumerable.Range(0, random.Next(1, 6)).Select(_ => Draw(random, batch)).ToList();
            host = random.Next(25) == 0 ? 1 - host : host;
            await hosts[host].AppendAsync([.. drawn.Select(draw => TestWebhooks.Request(draw(guessing.Webhooks)))], default);
            var fresh = reading.OpenLog();
            await fresh.AppendAsync([.. drawn.Select(draw => TestWebhooks.Request(draw(reading.Webhooks)))], default);
        }

        var (guessed, read) = (await guessing.RowsAsync(HistorySql), await reading.RowsAsync(HistorySql));
        guessed.Except(read).Take(5).ShouldBeEmpty($"seed {seed}");
        read.Except(guessed).Take(5).ShouldBeEmpty($"seed {seed}");
        guessed.Count.ShouldBe(read.Count);
        hosts.Sum(log => log.OptimisticAppends).ShouldBeGreaterThan(20, $"seed {seed}");
        hosts.Sum(log => log.RefusedOptimisticAppends).ShouldBeGreaterThan(5, $"seed {seed}");
        await LogChecks.VerifyAsync(guessing);
    }

    // Mostly new people; sometimes an earlier person or event, under any of its identifiers.
    private static Func<TestWebhooks, PendingEvent> Draw(Random random, int batch)
    {
        var isOld = random.Next(12) == 0;
        var number = isOld ? random.Next(40) : 1_000 + random.Next(1_000_000);
        var id = random.Next(30) == 0 ? $"e{random.Next(batch + 1)}-0" : $"e{batch}-{random.Next(1_000)}";
        var at = TestWorkspace.Start.AddSeconds(batch);
        string? customer = random.Next(4) > 0 ? $"c{number}" : null;
        string? email = customer is null || random.Next(2) == 0 ? $"m{(isOld ? random.Next(40) : number)}@shop.example" : null;
        string? phone = random.Next(5) == 0 ? $"+1202555{(isOld ? random.Next(40) : number % 10_000):D4}" : null;
        return webhooks => webhooks.Add(id, at, customer, email, phone);
    }

    private static async Task FillStreakAsync(TestWorkspace workspace, EventLogStore log, string name = "first")
    {
        for (var n = 0; n < FreshStreak.Needed; n++)
        {
            await SendEventAsync(log, workspace.Webhooks.Add($"{name}-{n}", TestWorkspace.Start, $"{name}-{n}"));
        }
    }

    private static async Task<(PendingEvent Event, RequestOutcome Outcome)> SendEventAsync(EventLogStore log, PendingEvent sent) =>
        (sent, (await log.AppendAsync([TestWebhooks.Request(sent)], default))[0]);
}

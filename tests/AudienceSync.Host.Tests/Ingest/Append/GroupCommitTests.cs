using AudienceSync.Host.EventStore;
using AudienceSync.Host.Ingest.Append;
using AudienceSync.Host.Tests.Workspaces;

namespace AudienceSync.Host.Tests.Ingest.Append;

public sealed class GroupCommitTests
{
    [Fact]
    public async Task Concurrent_requests_are_grouped_and_each_gets_its_own_result()
    {
        await using var workspace = await TestWorkspace.CreateAsync([null]);
        await using var host = new RunningCommit(workspace);
        var broken = workspace.Webhooks.Add("bad", TestWorkspace.Start, "bad") with { Data = "{"u8.ToArray() };
        var good = Enumerable
            .Range(0, 400)
            .Select(n => host.SendEventAsync(workspace.Webhooks.Add($"e{n}", TestWorkspace.Start, $"c{n % 40}")))
            .ToList();
        var bad = host.SendEventAsync(broken);
        good.AddRange(
            Enumerable.Range(400, 400).Select(n => host.SendEventAsync(workspace.Webhooks.Add($"e{n}", TestWorkspace.Start, $"c{n % 40}")))
        );

        (await Task.WhenAll(good)).ShouldAllBe(result => result == AppendResult.Committed);
        (await bad).ShouldBe(AppendResult.Unstorable);
        (await workspace.AskAsync<long>("select count(*) from mt_events where stream_id in (select person from people)")).ShouldBe(800);
        (await workspace.AskAsync<long>("select count(*) from people")).ShouldBe(40);
        (await workspace.AskAsync<long>("select count(distinct xmin::text) from mt_events")).ShouldBeLessThan(400, "commits are grouped");
    }

    [Fact]
    public async Task A_duplicate_in_the_same_batch_or_a_later_one_is_one_row_and_reported()
    {
        await using var workspace = await TestWorkspace.CreateAsync([null]);
        var log = workspace.OpenLog();
        PendingRequest Event() => TestWebhooks.Request(workspace.Webhooks.Add("same", TestWorkspace.Start, "c"));
        PendingRequest[] first = [Event(), Event()];
        PendingRequest[] second = [Event(), TestWebhooks.Request(workspace.Webhooks.Add("other", TestWorkspace.Start, "c"))];

        var firstOutcomes = await log.AppendAsync(first, default);
        var secondOutcomes = await log.AppendAsync(second, default);

        firstOutcomes.Select(outcome => outcome.Has(ItemOutcome.Duplicate)).ShouldBe([false, true]);
        secondOutcomes.Select(outcome => outcome.Has(ItemOutcome.Duplicate)).ShouldBe([true, false]);
        (
            await workspace.RowsAsync("select version from mt_events where stream_id in (select person from people) order by seq_id")
        ).ShouldBe(["1", "2"]);
        (await workspace.AskAsync<long>("select count(*) from raw_bodies")).ShouldBe(2);
    }

    [Fact]
    public async Task A_batch_of_only_duplicates_writes_nothing()
    {
        await using var workspace = await TestWorkspace.CreateAsync([null]);
        var log = workspace.OpenLog();
        await log.AppendAsync([TestWebhooks.Request(workspace.Webhooks.Add("same", TestWorkspace.Start, "c"))], default);
        var drawn = await workspace.AskAsync<long>("select last_value from mt_events_sequence");

        await log.AppendAsync(
            [TestWebhooks.Request(workspace.Webhooks.Add("same", TestWorkspace.Start, "c", "new@shop.example"))],
            default
        );

        (await workspace.AskAsync<long>("select last_value from mt_events_sequence")).ShouldBe(drawn);
        (await workspace.AskAsync<long>("select count(*) from person_aliases")).ShouldBe(1);
    }

    [Fact]
    public async Task A_full_queue_refuses_at_once_and_accepts_again_when_drained()
    {
        await using var workspace = await TestWorkspace.CreateAsync([null]);
        var log = workspace.OpenLog();
        using var wake = new Wake(TimeProvider.System);
        var commit = new GroupCommit(
            log,
            wake,
            TimeProvider.System,
            Microsoft.Extensions.Logging.Abstractions.NullLogger<GroupCommit>.Instance
        );
        var known = workspace.Webhooks.Add("same", TestWorkspace.Start, "c");
        var large = new PendingRequest([.. Enumerable.Repeat(known, Domain.Limits.QueuedEvents)], [], default, TestWorkspace.Start);
        var small = TestWebhooks.Request(workspace.Webhooks.Add("small", TestWorkspace.Start, "c"));

        commit.TryEnqueue(large).ShouldBeTrue();
        commit.TryEnqueue(small).ShouldBeFalse();
        commit.QueuedEvents.ShouldBe(Domain.Limits.QueuedEvents);
        var running = Task.Run(() => commit.RunAsync(CancellationToken.None));
        (await large.Settled).Result.ShouldBe(AppendResult.Committed);
        commit.Close();
        await running;

        commit.QueuedEvents.ShouldBe(0);
        commit.TryEnqueue(small).ShouldBeFalse("it is closed");
        small.Settled.IsCompleted.ShouldBeFalse();
        commit.QueuedEvents.ShouldBe(0);
    }

    [Fact]
    public async Task What_is_queued_when_it_closes_is_still_committed()
    {
        await using var workspace = await TestWorkspace.CreateAsync([null]);
        List<Task<AppendResult>> sent;
        await using (var host = new RunningCommit(workspace))
        {
            sent =
            [
                .. Enumerable.Range(0, 200).Select(n => host.SendEventAsync(workspace.Webhooks.Add($"e{n}", TestWorkspace.Start, $"c{n}"))),
            ];
        }

        (await Task.WhenAll(sent)).ShouldAllBe(result => result == AppendResult.Committed);
        (await workspace.AskAsync<long>("select count(*) from people")).ShouldBe(200);
    }
}

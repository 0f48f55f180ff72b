using System.Text;
using AudienceSync.Domain.Events;
using AudienceSync.Host.EventStore;
using AudienceSync.Host.Ingest;
using AudienceSync.Host.Ingest.Append;
using AudienceSync.Host.Ingest.Bodies;
using AudienceSync.Host.Privacy;
using AudienceSync.Host.Privacy.Keys;
using AudienceSync.Host.Tests.Serving;
using AudienceSync.Host.Tests.Simulation;
using AudienceSync.Host.Workspaces;

namespace AudienceSync.Host.Tests.Ingest;

/// <summary>No sender waits longer than 3 s, and a later commit still uses the body that was sent.</summary>
public sealed class AnswerDeadlineTests
{
    private readonly VirtualTime _time = new(Sample.Now);

    [Fact]
    public async Task A_waiting_sender_is_answered_just_before_three_seconds_are_over()
    {
        using var deadline = new AnswerDeadline(_time);
        var early = Pending();
        var late = Pending();
        deadline.Watch(early, _time.GetTimestamp());
        Move(TimeSpan.FromSeconds(1));
        deadline.Watch(late, _time.GetTimestamp());
        Move(TimeSpan.FromSeconds(1.7));
        early.Settled.IsCompleted.ShouldBeFalse();

        Move(TimeSpan.FromSeconds(0.3));
        (await early.Settled).Result.ShouldBe(AppendResult.TooSlow);
        late.Settled.IsCompleted.ShouldBeFalse();
        Move(TimeSpan.FromSeconds(1));
        (await late.Settled).Result.ShouldBe(AppendResult.TooSlow);
    }

    [Fact]
    public async Task A_request_settled_in_time_keeps_its_result_and_no_timer_runs_while_nothing_waits()
    {
        using var deadline = new AnswerDeadline(_time);
        _time.NextDue().ShouldBeNull();
        var pending = Pending();
        deadline.Watch(pending, _time.GetTimestamp());
        Move(TimeSpan.FromSeconds(2));
        pending.Settle(new RequestOutcome(AppendResult.Committed)).ShouldBeTrue();
        Move(TimeSpan.FromSeconds(2));
        (await pending.Settled).Result.ShouldBe(AppendResult.Committed);
        _time.NextDue().ShouldBeNull("otherwise an idle Host would wake ten times per second");
    }

    [Fact]
    public void A_request_that_was_overtaken_is_still_answered_in_time()
    {
        using var deadline = new AnswerDeadline(_time);
        var first = Pending();
        var before = _time.GetTimestamp();
        Move(TimeSpan.FromSeconds(2));
        deadline.Watch(first, _time.GetTimestamp());
        var second = Pending();
        deadline.Watch(second, before);
        Move(TimeSpan.FromSeconds(1));
        second.Settled.IsCompleted.ShouldBeTrue();
        first.Settled.IsCompleted.ShouldBeFalse();
    }

    [Fact]
    public void A_body_is_returned_to_the_pool_only_when_its_last_owner_releases_it()
    {
        var lease = new CountedLease();
        var pending = new PendingRequest([], [], default, Sample.Now) { BodyLease = lease };
        pending.TimeOut();
        lease.Released.ShouldBe(0, "a commit may still read it");
        pending.Settle(new RequestOutcome(AppendResult.Committed)).ShouldBeFalse("no one waits for it any more");
        lease.Released.ShouldBe(1);
    }

    [Fact]
    public void A_retained_body_outlives_the_endpoint()
    {
        // A pool reuses a returned array, so a later body of its size would overwrite it.
        var body = RequestBody.Of("the body that was sent"u8);
        var lease = body.Retain();
        var memory = body.Memory;
        body.Dispose();
        var others = Enumerable.Range(0, 64).Select(_ => RequestBody.Of("another body, as long!"u8)).ToList();
        memory.Span.SequenceEqual("the body that was sent"u8).ShouldBeTrue();
        lease.Dispose();
        others.ForEach(other => other.Dispose());
    }

    [Fact]
    public async Task While_the_log_is_stalled_every_kind_of_request_is_answered_in_three_seconds_and_committed_later_as_it_was_sent()
    {
        await using var host = await TestHost.StartAsync(IngestHost.Options);
        var single = Sample.Event().ToJsonString();
        var array = Sample.Events(3);
        var stalled = await StalledLog.StartAsync(host.Database);
        await using (stalled)
        {
            var started = TimeProvider.System.GetTimestamp();
            var answers = await Task.WhenAll(host.PostAsync(single), host.PostAsync(array), host.PostAsync("{"));
            var took = TimeProvider.System.GetElapsedTime(started);
            answers.ShouldAllBe(answer => answer.Status == 503 && (answer.Code == "storage_slow" || answer.Code == "storage_down"));
            answers.ShouldAllBe(answer => answer.Headers.Contains("Retry-After"));
            took.ShouldBeInRange(TimeSpan.Zero, TimeSpan.FromSeconds(3.9), "the sender gives up after 4 s");

            // The buffers of the requests that were answered must not be reused for the following ones.
            await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => host.PostAsync("[" + new string(' ', single.Length - 2) + "]")));
        }

        var first = await host.PostAsync(single);
        first.Status.ShouldBe(200);
        (await host.PostAsync(array)).Status.ShouldBe(200);
        (await host.ScalarAsync<long>("select count(*) from mt_events where type = 'audience_member_added'")).ShouldBe(
            4,
            "a retry was a duplicate, or the first commit"
        );
        var workspace = host.Server.Workspaces["default"];
        var position = await host.ScalarAsync<long>($"select seq_id from mt_events where id = '{first.ReceiptId()}'");
        var seal = new BodySeal(
            new MasterKeys(new MasterKey(1, Convert.FromBase64String(TestHostFiles.MasterKey))),
            new byte[MasterKey.KeyBytes]
        );
        (await new BodyArchiveStore(workspace.Get<WorkspaceDatabase>(), seal).FindAsync(new Position(position), default)).ShouldBe(
            Encoding.UTF8.GetBytes(single)
        );
    }

    private static PendingRequest Pending() => new([], [], default, Sample.Now);

    private void Move(TimeSpan by)
    {
        var then = _time.GetUtcNow() + by;
        while (_time.NextDue() is { } due && due <= then)
        {
            _time.MoveTo(due);
        }

        _time.MoveTo(then);
    }

    private sealed class CountedLease : IDisposable
    {
        public int Released { get; private set; }

        public void Dispose() => Released++;
    }
}

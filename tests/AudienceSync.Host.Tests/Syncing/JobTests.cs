using AudienceSync.Connectors;
using AudienceSync.Domain.Identity;
using AudienceSync.Domain.Syncing;
using AudienceSync.Host.Sync;
using AudienceSync.Host.Tests.Workspaces;
using AudienceSync.Host.Workspaces.Status;

namespace AudienceSync.Host.Tests.Syncing;

public sealed class JobTests : IAsyncLifetime
{
    private TestWorkspace _workspace = null!;
    private MemberSetup _setup = null!;
    private QueuedPlatform _platform = null!;
    private SyncStage _stage = null!;

    public async Task InitializeAsync()
    {
        _workspace = await TestWorkspace.CreateAsync([null]);
        _setup = new MemberSetup(_workspace);
        _platform = new QueuedPlatform(_workspace.Clock, membersPerCall: 10);
        _stage = await SyncStage.CreateAsync(_workspace, _setup, _platform);
    }

    public async Task DisposeAsync() => await _workspace.DisposeAsync();

    [Fact]
    public async Task An_accepted_add_is_unconfirmed_until_its_job_has_ended()
    {
        await _setup.SetAsync(_stage.KeyId, true, [.. await _setup.AddPersonAsync(3)]);
        await _stage.SettleAsync();
        (await StatusAsync()).ShouldSatisfyAllConditions(
            b => b.Delivered.ShouldBe(3),
            b => b.Unconfirmed.ShouldBe(3),
            b => b.OpenJobs.ShouldBe(1)
        );

        await LaterAsync(minutes: 1);
        _platform.Questions.ShouldBe(0, "not before the platform's first poll time");
        await LaterAsync(minutes: 1);
        _platform.Questions.ShouldBe(1);
        (await StatusAsync()).Unconfirmed.ShouldBe(3);
        await LaterAsync(minutes: 2);

        (await StatusAsync()).ShouldSatisfyAllConditions(
            b => b.Delivered.ShouldBe(3),
            b => b.Unconfirmed.ShouldBe(0),
            b => b.OpenJobs.ShouldBe(0)
        );
        (await JobsAsync()).ShouldBe(["job-0 2 confirmed 0"]);
        _platform.Members.Count.ShouldBe(3);
    }

    [Fact]
    public async Task A_running_job_is_polled_at_intervals_growing_from_two_minutes_to_thirty_and_parked_after_two_days()
    {
        _platform.Fate = _ => JobState.Running;
        await _setup.SetAsync(_stage.KeyId, true, [.. await _setup.AddPersonAsync(2)]);
        await _stage.SettleAsync();
        var polledAt = new List<int>();
        for (var minute = 1; minute <= 48 * 60; minute++)
        {
            var before = _platform.Questions;
            await LaterAsync(minutes: 1);
            if (_platform.Questions > before)
            {
                polledAt.Add(minute);
            }
        }

        polledAt.Take(8).ShouldBe([2, 4, 8, 16, 32, 62, 92, 122]);
        (await JobsAsync()).ShouldBe(["job-0 1 running 0"]);
        await LaterAsync(minutes: 30);

        (await JobsAsync()).ShouldBe(["job-0 5 job_unresolved 0"]);
        (await StatusAsync()).ShouldSatisfyAllConditions(
            b => b.ParkedJobs.ShouldBe(1),
            b => b.InDoubt.ShouldBe(2),
            b => b.Waiting.ShouldBe(0)
        );
        await _stage.SettleAsync();
        _platform.Calls.Count.ShouldBe(1, "nobody is redelivered without an operator");
    }

    [Theory]
    [InlineData(JobState.Failed)]
    [InlineData(JobState.Lost)]
    public async Task The_members_of_a_failed_or_lost_job_are_redelivered_once(JobState fate)
    {
        _platform.Fate = call => call == 0 ? fate : JobState.Confirmed;
        await _setup.SetAsync(_stage.KeyId, true, [.. await _setup.AddPersonAsync(3)]);
        await SettleAsync();

        _platform.Calls.Count.ShouldBe(2);
        _platform.Members.Count.ShouldBe(3);
        (await _stage.LedgerAsync()).ShouldAllBe(row => row.StartsWith("2 1 1", StringComparison.Ordinal));
        (await _workspace.AskAsync<long>("select sum(job_tries) from ledger")).ShouldBe(0);

        _platform.Fate = _ => fate;
        await _setup.SetAsync(_stage.KeyId, false, [.. _setup.People]);
        await SettleAsync();

        _platform.Calls.Count.ShouldBe(4, "one retry and no more");
        (await _stage.LedgerAsync()).ShouldAllBe(row => row == $"3 1 1 test_{fate}", "in doubt, because they may still be there");
    }

    [Fact]
    public async Task A_removal_waits_only_for_the_job_that_adds_the_same_person()
    {
        var people = await _setup.AddPersonAsync(4);
        await _setup.SetAsync(_stage.KeyId, true, [.. people.Take(2)]);
        await SettleAsync();
        await _setup.SetAsync(_stage.KeyId, true, [.. people.Skip(2)]);
        await _stage.SettleAsync();

        await _setup.SetAsync(_stage.KeyId, false, people[0], people[3]);
        await _stage.SettleAsync();

        _platform
            .Calls[^1]
            .Members.ShouldHaveSingleItem()
            .Identifiers.Email.ShouldBe(_setup.EmailOf(people[0]), "this person is in no job");
        (await StatusAsync()).Waiting.ShouldBe(1, "the other person is in a job, so the status must not be quiet");
        await SettleAsync();
        _platform.Members.ShouldBe([_setup.EmailOf(people[1]), _setup.EmailOf(people[2])], ignoreOrder: true);
        (await StatusAsync()).Waiting.ShouldBe(0);
    }

    [Fact]
    public async Task A_changed_address_is_added_only_after_the_removal_of_the_old_one_has_ended()
    {
        var ann = await _setup.AddPersonAsync("old@shop.example");
        await _setup.SetAsync(_stage.KeyId, true, ann);
        await SettleAsync();
        await _setup.ReidentifyAsync(ann, "new@shop.example");
        await _stage.SettleAsync();
        _platform.Calls.Count.ShouldBe(2, "the add waits");

        await SettleAsync();

        _platform.Members.ShouldBe(["new@shop.example"]);
        (await _stage.LedgerAsync()).ShouldBe(["2 2 1 "]);
    }

    [Fact]
    public async Task Refused_rows_of_a_job_are_counted_and_the_named_ones_are_rejected()
    {
        _platform.Report = call =>
            call == 0
                ? new JobReport(JobState.Confirmed, [new RefusedMember(1, "bad_row")], "partial", RejectedCount: 2)
                : new JobReport(JobState.Confirmed, [], "confirmed");
        await _setup.SetAsync(_stage.KeyId, true, [.. await _setup.AddPersonAsync(3)]);
        await SettleAsync();

        (await JobsAsync()).ShouldBe(["job-0 2 partial 2"]);
        (await _workspace.RowsAsync("select refused from calls")).ShouldBe(["2"]);
        (await _stage.LedgerAsync()).Order().ShouldBe(["2 1 1 partial", "2 1 1 partial", "4 1 1 bad_row"]);
    }

    [Fact]
    public async Task A_removal_job_that_reports_only_how_many_it_refused_leaves_its_members_in_doubt()
    {
        await _setup.SetAsync(_stage.KeyId, true, [.. await _setup.AddPersonAsync(2)]);
        await SettleAsync();
        _platform.Report = _ => new JobReport(JobState.Confirmed, [], "partial", RejectedCount: 1);
        await _setup.SetAsync(_stage.KeyId, false, [.. _setup.People]);
        await SettleAsync();
        (await _stage.LedgerAsync()).ShouldAllBe(row => row == "3 1 1 partial", "one of the members is still there");

        _platform.Report = _ => new JobReport(JobState.Confirmed, [], "confirmed");
        await new BindingStore(_workspace.Database).RetryRefusedAsync("main", default);
        await SettleAsync();

        (await _stage.LedgerAsync()).ShouldAllBe(row => row.StartsWith("0 1 1", StringComparison.Ordinal));
    }

    /// <summary>The platform itself fails the test when an add job and a removal job of one person run at the same time.</summary>
    [Fact]
    public async Task Whatever_changes_while_jobs_run_late_fail_or_are_lost_the_list_becomes_what_is_desired()
    {
        var random = new Random(7);
        var people = await _setup.AddPersonAsync(12);
        _platform.Takes = _ => TimeSpan.FromMinutes(random.Next(1, 90));
        _platform.Fate = _ =>
            random.Next(5) switch
            {
                0 => JobState.Failed,
                1 => JobState.Lost,
                _ => JobState.Confirmed,
            };
        for (var step = 0; step < 60; step++)
        {
            await ChangeAsync(people, random, step);
            await _stage.RoundAsync();
            await LaterAsync(random.Next(1, 40));
        }

        _platform.Fate = _ => JobState.Confirmed;
        await SettleAsync();

        // A member whose job failed twice waits for a change.
        for (var round = 0; round < 2; round++)
        {
            foreach (var person in people)
            {
                await _setup.SetAsync(_stage.KeyId, _setup.IsPresent(_stage.KeyId, person), person);
            }

            await SettleAsync();
        }

        _platform.Members.Order().ShouldBe(people.Where(p => _setup.IsPresent(_stage.KeyId, p)).Select(_setup.EmailOf).Order(), "seed 7");
        (await StatusAsync()).ShouldSatisfyAllConditions(
            b => b.InDoubt.ShouldBe(0),
            b => b.Waiting.ShouldBe(0),
            b => b.OpenJobs.ShouldBe(0)
        );
    }

    private async Task ChangeAsync(List<PersonId> people, Random random, int step)
    {
        var person = people[random.Next(people.Count)];
        if (random.Next(5) == 0)
        {
            await _setup.ReidentifyAsync(person, $"s{step}@shop.example");
        }
        else
        {
            await _setup.SetAsync(_stage.KeyId, random.Next(5) < 3, person);
        }
    }

    private async Task LaterAsync(int minutes)
    {
        _workspace.Clock.Advance(TimeSpan.FromMinutes(minutes));
        await _stage.PollJobAsync();
    }

    // Until no job runs and nothing is left to send.
    private async Task SettleAsync()
    {
        for (var round = 0; round < 20; round++)
        {
            await _stage.SettleAsync();
            await LaterAsync(minutes: 90);
        }

        await _stage.SettleAsync();
    }

    private async Task<BindingCounts> StatusAsync() =>
        (await new StatusQueries(_workspace.Database).ReadBindingsAsync(_workspace.Clock.GetUtcNow(), default)).ShouldHaveSingleItem();

    private Task<List<string>> JobsAsync() => _workspace.RowsAsync("select handle, state, code, refused from jobs order by job_id");
}

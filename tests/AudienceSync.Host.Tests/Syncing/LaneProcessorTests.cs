using AudienceSync.Domain.Normalizing;
using AudienceSync.Domain.Syncing;
using AudienceSync.Host.Sync;
using AudienceSync.Host.Sync.Lanes;
using AudienceSync.Host.Tests.Workspaces;

namespace AudienceSync.Host.Tests.Syncing;

public sealed class LaneProcessorTests : IAsyncLifetime
{
    private readonly ScriptedPlatform _platform = new(membersPerCall: 10);
    private TestWorkspace _workspace = null!;
    private MemberSetup _setup = null!;
    private SyncStage _stage = null!;

    public async Task InitializeAsync()
    {
        _workspace = await TestWorkspace.CreateAsync([null]);
        _setup = new MemberSetup(_workspace);
        _stage = await SyncStage.CreateAsync(_workspace, _setup, _platform);
    }

    public async Task DisposeAsync() => await _workspace.DisposeAsync();

    [Fact]
    public async Task Changes_are_sent_in_full_batches_and_nothing_is_sent_when_nothing_changed()
    {
        var people = await _setup.AddPersonAsync(95);
        await _setup.SetAsync(_stage.KeyId, true, [.. people]);
        await _stage.SettleAsync();
        _platform.Calls.Count.ShouldBeLessThanOrEqualTo(11);
        await _setup.SetAsync(_stage.KeyId, false, [.. people.Take(41)]);
        await _stage.SettleAsync();
        _platform.Calls.Count(call => call.Operation == MemberOperation.Remove).ShouldBeLessThanOrEqualTo(6);
        var calls = _platform.Calls.Count;

        await _setup.SetAsync(_stage.KeyId, false, [.. people.Take(41)]);
        await _stage.SettleAsync();

        _platform.Calls.Count.ShouldBe(calls, "the rows moved, what is desired did not");
        _stage.ShouldBeInSync("94 members or not");
        _platform.Members.Count.ShouldBe(54);
    }

    [Fact]
    public async Task An_add_that_is_undone_before_it_was_sent_costs_no_call()
    {
        var people = await _setup.AddPersonAsync(5);
        await _setup.SetAsync(_stage.KeyId, true, [.. people]);
        await _setup.SetAsync(_stage.KeyId, false, [.. people]);

        await _stage.SettleAsync();

        _platform.Calls.ShouldBeEmpty();
        (await _stage.LedgerAsync()).ShouldBeEmpty();
    }

    [Theory]
    [InlineData(PlatformFault.CanceledApplied, true)]
    [InlineData(PlatformFault.CanceledUnapplied, true)]
    [InlineData(PlatformFault.CanceledApplied, false)]
    [InlineData(PlatformFault.LostApplied, true)]
    [InlineData(PlatformFault.LostApplied, false)]
    internal async Task An_add_of_unknown_outcome_is_redelivered_or_removed_but_never_dropped(PlatformFault fault, bool removed)
    {
        var people = await _setup.AddPersonAsync(3);
        await _setup.SetAsync(_stage.KeyId, true, [.. people]);
        _platform.Fault = _ => fault;
        await TryAddsAsync();
        (await _stage.LedgerAsync()).ShouldBe(["1 1 1 ", "1 1 1 ", "1 1 1 "], "the intent outlives the crash");
        _platform.Fault = _ => PlatformFault.None;

        await _setup.SetAsync(_stage.KeyId, !removed, [.. people]);
        await _stage.SettleAsync();

        _platform.Calls[^1].Operation.ShouldBe(removed ? MemberOperation.Remove : MemberOperation.Add);
        _platform.Members.Count.ShouldBe(removed ? 0 : 3);
        _stage.ShouldBeInSync("no orphan remains");
    }

    [Fact]
    public async Task New_identifiers_and_a_new_normalizer_remove_with_the_old_and_add_with_the_new()
    {
        var ann = await _setup.AddPersonAsync("old@shop.example");
        await _setup.SetAsync(_stage.KeyId, true, ann);
        await _stage.SettleAsync();

        await _setup.ReidentifyAsync(ann, "new@shop.example");
        _platform.Normalizer = new NormalizerVersion(2);
        await _stage.SettleAsync();
        await _setup.ReidentifyAsync(ann, "newest@shop.example");
        await _setup.SetAsync(_stage.KeyId, false, ann);
        await _stage.SettleAsync();

        _platform
            .Calls.Select(call => $"{call.Operation} {call.Members.Single().Identifiers.Email} {call.Members.Single().Normalizer.Value}")
            .ShouldBe(["Add old@shop.example 1", "Remove old@shop.example 1", "Add new@shop.example 2", "Remove new@shop.example 2"]);
        _platform.Members.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_member_refused_by_name_is_not_redelivered_until_their_identifiers_change()
    {
        var ann = await _setup.AddPersonAsync("refused@shop.example");
        await _setup.SetAsync(_stage.KeyId, true, ann, await _setup.AddPersonAsync("bob@shop.example"));
        await _stage.SettleAsync();
        await _setup.SetAsync(_stage.KeyId, true, ann);
        await _stage.SettleAsync();
        _platform.Calls.Count.ShouldBe(1);
        (await _stage.LedgerAsync()).ShouldContain("4 1 1 refused_by_name");

        await _setup.ReidentifyAsync(ann, "ann@shop.example");
        await _stage.SettleAsync();

        _platform.Calls.Count.ShouldBe(2);
        _stage.ShouldBeInSync("the member is there now");
    }

    [Fact]
    public async Task A_member_who_fails_a_batch_is_found_by_halving_and_the_others_get_through()
    {
        var people = await _setup.AddPersonAsync(9);
        var failing = await _setup.AddPersonAsync("fails@shop.example");
        await _setup.SetAsync(_stage.KeyId, true, [.. people.Take(6), failing, .. people.Skip(6)]);

        await _stage.SettleAsync();

        _stage.ShouldBeInSync("nine of ten members");
        _platform.Members.Count.ShouldBe(9);
        (await _stage.LedgerAsync()).ShouldContain("4 1 1 row_fails_batch");
        _platform.Calls.Count.ShouldBeLessThan(16);
    }

    [Fact]
    public async Task Throttling_holds_the_account_and_costs_no_attempt()
    {
        await _setup.SetAsync(_stage.KeyId, true, [.. await _setup.AddPersonAsync(3)]);
        _platform.Fault = _ => PlatformFault.Throttled;

        for (var n = 0; n < 5; n++)
        {
            (await _stage.PassAsync(Lane.Adds)).ShouldBe(RunEnd.Held);
        }

        (await _stage.BindingAsync()).AddAttempts.ShouldBe(0);
        (await _stage.BindingAsync()).StoppedCode.ShouldBeNull();
        (await _stage.AccountAsync()).BlockedUntil.ShouldBe(TestWorkspace.Start + ScriptedPlatform.ThrottleWait);
    }

    [Fact]
    public async Task Resuming_an_account_does_not_shorten_the_wait_that_the_platform_asked_for()
    {
        await _setup.SetAsync(_stage.KeyId, true, [.. await _setup.AddPersonAsync(3)]);
        _platform.Fault = _ => PlatformFault.Throttled;
        await _stage.PassAsync(Lane.Adds);

        await _stage.ResumeAsync();

        (await _stage.AccountAsync()).BlockedUntil.ShouldBe(TestWorkspace.Start + ScriptedPlatform.ThrottleWait);
    }

    [Fact]
    public async Task Failing_adds_do_not_delay_removals()
    {
        await _setup.SetAsync(_stage.KeyId, true, [.. await _setup.AddPersonAsync(3)]);
        _platform.Fault = _ => PlatformFault.LostUnapplied;

        (await _stage.PassAsync(Lane.Adds)).ShouldBe(RunEnd.Held);

        var binding = await _stage.BindingAsync();
        Lane.Adds.NextTryOf(binding).ShouldNotBeNull();
        Lane.Removals.NextTryOf(binding).ShouldBeNull();
        Lane.Removals.AttemptsOf(binding).ShouldBe(0);
    }

    [Fact]
    public async Task Failed_calls_wait_longer_each_time_and_are_never_stopped_automatically()
    {
        await _setup.SetAsync(_stage.KeyId, true, [.. await _setup.AddPersonAsync(3)]);
        _platform.Fault = _ => PlatformFault.LostUnapplied;
        var waits = new List<TimeSpan>();
        for (var n = 0; n < 6; n++)
        {
            await _stage.PassAsync(Lane.Adds);
            waits.Add((await _stage.BindingAsync()).AddNextAt!.Value - TestWorkspace.Start);
        }

        waits.ShouldBe(Enumerable.Range(1, 6).Select(attempt => Backoff.After(attempt, 0.5)));
        (await _stage.BindingAsync()).StoppedCode.ShouldBeNull();
        _platform.Fault = _ => PlatformFault.None;
        await _stage.SettleAsync();
        (await _stage.BindingAsync()).ShouldSatisfyAllConditions(b => b.AddAttempts.ShouldBe(0), b => b.AddNextAt.ShouldBeNull());
    }

    [Fact]
    public async Task The_third_unknown_response_stops_the_audience()
    {
        await _setup.SetAsync(_stage.KeyId, true, [.. await _setup.AddPersonAsync(3)]);
        _platform.Fault = _ => PlatformFault.Unknown;
        await _stage.PassAsync(Lane.Adds);
        await _stage.PassAsync(Lane.Adds);
        (await _stage.BindingAsync()).StoppedCode.ShouldBeNull();

        await _stage.PassAsync(Lane.Adds);

        (await _stage.BindingAsync()).StoppedCode.ShouldBe("test_unknown_999");
        (await _stage.AccountAsync()).StoppedCode.ShouldBeNull();
    }

    [Theory]
    [InlineData(PlatformFault.AudienceStopped, "audience_gone", null)]
    [InlineData(PlatformFault.AccountStopped, null, "token_expired")]
    internal async Task A_fault_that_needs_an_operator_stops_at_once_and_resuming_continues(
        PlatformFault fault,
        string? binding,
        string? account
    )
    {
        await _setup.SetAsync(_stage.KeyId, true, [.. await _setup.AddPersonAsync(3)]);
        _platform.Fault = _ => fault;
        await _stage.PassAsync(Lane.Adds);

        (await _stage.BindingAsync()).StoppedCode.ShouldBe(binding);
        (await _stage.AccountAsync()).StoppedCode.ShouldBe(account);
        _platform.Fault = _ => PlatformFault.None;
        await _stage.ResumeAsync();
        (await _stage.BindingAsync()).StoppedCode.ShouldBeNull();
        (await _stage.AccountAsync()).StoppedCode.ShouldBeNull();
        await _stage.SettleAsync();
        _stage.ShouldBeInSync("resumed");
    }

    [Fact]
    public async Task An_erased_member_is_not_sent_and_leaves_no_empty_call()
    {
        var people = await _setup.AddPersonAsync(2);
        await _workspace.ExecuteAsync($"delete from vault where person = '{people[0]}'");
        await _setup.SetAsync(_stage.KeyId, true, people[0]);
        await _stage.SettleAsync();
        _platform.Calls.ShouldBeEmpty();
        (await _stage.LedgerAsync()).ShouldBe(["5 1 1 identifiers_destroyed"]);

        await _setup.SetAsync(_stage.KeyId, true, [.. people]);
        await _stage.SettleAsync();

        _platform.Calls.ShouldHaveSingleItem().Members.ShouldHaveSingleItem().Identifiers.Email.ShouldBe(_setup.EmailOf(people[1]));
    }

    [Fact]
    public async Task Every_call_is_stored_with_its_outcome_and_without_addresses()
    {
        await _setup.SetAsync(
            _stage.KeyId,
            true,
            await _setup.AddPersonAsync("refused@shop.example"),
            await _setup.AddPersonAsync("ann@shop.example")
        );

        await _stage.SettleAsync();

        (await _workspace.RowsAsync("select operation, members, refused, outcome, code from calls")).ShouldBe(["1 2 1 2 partly"]);
        (await _workspace.RowsAsync("select c::text from calls c union all select l::text from ledger l")).ShouldAllBe(row =>
            !row.Contains('@')
        );
    }

    private async Task TryAddsAsync()
    {
        try
        {
            (await _stage.PassAsync(Lane.Adds)).ShouldBe(RunEnd.Held);
        }
        catch (OperationCanceledException)
        {
            await _stage.DieAsync();
        }
    }
}

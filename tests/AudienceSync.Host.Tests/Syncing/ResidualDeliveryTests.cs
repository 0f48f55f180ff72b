using AudienceSync.Domain.Identity;
using AudienceSync.Domain.Syncing;
using AudienceSync.Host.Storage.Syncing;
using AudienceSync.Host.Syncing;
using AudienceSync.Host.Tests.Storage;

namespace AudienceSync.Host.Tests.Syncing;

/// <summary>What may be at a platform beside what the ledger's row says: sayings that refused to go, and calls that are carried out late.</summary>
public sealed class ResidualDeliveryTests : IAsyncLifetime
{
    private readonly ScriptedPlatform _platform = new(membersPerCall: 10);
    private TestWorkspace _workspace = null!;
    private MemberSetup _setup = null!;
    private SyncStage _stage = null!;
    private PersonId _ann;

    public async Task InitializeAsync()
    {
        _workspace = await TestWorkspace.CreateAsync([null]);
        _setup = new MemberSetup(_workspace);
        _stage = await SyncStage.CreateAsync(_workspace, _setup, _platform);
        _ann = await _setup.MeetAsync("ann@shop.example");
    }

    public async Task DisposeAsync() => await _workspace.DisposeAsync();

    [Fact]
    public async Task An_address_that_refuses_to_go_when_another_takes_its_place_is_kept_on_record_and_removed_when_a_human_asks()
    {
        await WantAsync(true);
        _platform.Fault = call => call.Operation == MemberOperation.Remove ? PlatformFault.FirstRefused : PlatformFault.None;
        await _setup.ReidentifyAsync(_ann, "anna@shop.example");
        await _stage.SettleAsync();

        _platform.Members.ShouldBe([Of("ann"), Of("anna")], "he is wanted and reached by the new one");
        (await _stage.LedgerAsync()).ShouldBe(["2 2 1 "]);
        (await _stage.ResidualRowsAsync()).ShouldBe(["1 1 first_refused"]);

        (await _stage.ResidualsAsync()).ShouldBe(RunEnd.Empty, "what was refused rests");
        _platform.Fault = _ => PlatformFault.None;
        await new BindingTable(_workspace.Database).RetryRefusedAsync("main", default);
        await _stage.ResidualsAsync();

        await _stage.SettleAsync();
        _platform.Members.ShouldBe([Of("anna")]);
        await NothingIsLeftToSendAsync();
    }

    [Fact]
    public async Task What_refused_to_go_is_tried_again_after_a_day_also_when_its_person_has_left()
    {
        await WantAsync(true);
        _platform.Fault = call => call.Operation == MemberOperation.Remove ? PlatformFault.FirstRefused : PlatformFault.None;
        await _setup.ReidentifyAsync(_ann, "anna@shop.example");
        await _stage.SettleAsync();
        _platform.Fault = _ => PlatformFault.None;
        await WantAsync(false);
        _platform.Members.ShouldBe([Of("ann")]);

        _workspace.Clock.Advance(Refusals.ResidualRetryAfter);
        (await _stage.ResidualsAsync()).ShouldBe(RunEnd.Drained);

        _platform.Members.ShouldBeEmpty();
        (await _stage.ResidualRowsAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task An_add_of_lost_outcome_that_is_refused_when_said_again_leaves_its_member_in_doubt_and_removable()
    {
        _platform.Fault = _ => PlatformFault.LostApplied;
        await _setup.SetAsync(_stage.KeyId, true, _ann);
        await _stage.PassAsync(Lane.Adds);
        _platform.Fault = _ => PlatformFault.FirstRefused;
        await _stage.SettleAsync();
        (await _stage.LedgerAsync()).ShouldBe(["1 1 1 first_refused"], "the first try put him there");
        _platform.Members.Count.ShouldBe(1);

        _platform.Fault = _ => PlatformFault.None;
        await WantAsync(false);

        _platform.Members.ShouldBeEmpty();
    }

    [Fact]
    public async Task An_add_that_is_carried_out_after_the_removal_that_followed_it_is_taken_out_when_its_time_is_over()
    {
        await LoseAnAddAsync();
        await WantAsync(false);
        (await _stage.LedgerAsync()).ShouldBe(["0 1 1 "]);
        (await _stage.ResidualRowsAsync()).ShouldBe(["1 2 "]);
        _platform.Members.Add(Of("ann"));

        (await _stage.ResidualsAsync()).ShouldBe(RunEnd.Empty, "not before its time");
        _workspace.Clock.Advance(InDoubtCalls.CallTime);
        await _stage.ResidualsAsync();

        _platform.Members.ShouldBeEmpty();
        (await _stage.ResidualRowsAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_removal_that_is_carried_out_after_its_member_came_back_is_made_good_when_its_time_is_over()
    {
        await WantAsync(true);
        _platform.Fault = _ => PlatformFault.LostUnapplied;
        await _setup.SetAsync(_stage.KeyId, false, _ann);
        await _stage.PassAsync(Lane.Removals);
        _platform.Fault = _ => PlatformFault.None;
        await WantAsync(true);

        await ALateRemovalIsMadeGoodAsync();
    }

    // Found by the simulation (seed 451 of a loop in which adds came sooner).
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_lost_removal_of_what_remained_that_is_carried_out_after_its_member_came_back_is_made_good(bool redelivered)
    {
        await LoseAnAddAsync();
        await WantAsync(false);
        _workspace.Clock.Advance(InDoubtCalls.CallTime);
        _platform.Fault = _ => PlatformFault.LostUnapplied;
        (await _stage.ResidualsAsync()).ShouldBe(RunEnd.Held);
        _platform.Fault = _ => PlatformFault.None;
        if (redelivered)
        {
            (await _stage.ResidualsAsync()).ShouldBe(RunEnd.Drained);
        }

        await WantAsync(true);
        _platform.Members.ShouldBe([Of("ann")]);
        await _stage.ResidualsAsync();

        await ALateRemovalIsMadeGoodAsync();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task What_remains_for_two_reasons_and_is_lost_with_both_is_kept_once(bool cameBack)
    {
        await LoseAnAddAsync();
        _platform.Members.Add(Of("ann"));
        _platform.Fault = call => call.Operation == MemberOperation.Remove ? PlatformFault.FirstRefused : PlatformFault.None;
        await _setup.ReidentifyAsync(_ann, "anna@shop.example");
        await _stage.SettleAsync();
        (await _stage.ResidualRowsAsync()).ShouldBe(["1 1 first_refused", "1 2 "]);
        _workspace.Clock.Advance(Refusals.ResidualRetryAfter);
        _platform.Fault = _ => PlatformFault.LostUnapplied;
        (await _stage.ResidualsAsync()).ShouldBe(RunEnd.Held);
        _platform.Fault = _ => PlatformFault.None;
        if (cameBack)
        {
            await _workspace.ExecuteAsync("update people set revision = 1; update ledger set revision = 1");
        }

        (await _stage.ResidualsAsync()).ShouldBe(RunEnd.Drained);

        (await _stage.ResidualRowsAsync()).ShouldBe(["1 3 "]);
    }

    [Fact]
    public async Task That_a_human_has_all_said_once_more_does_not_end_the_time_of_a_lost_call()
    {
        await LoseAnAddAsync();
        await WantAsync(false);
        await new BindingTable(_workspace.Database).RetryRefusedAsync("main", default);
        (await _stage.ResidualsAsync()).ShouldBe(RunEnd.Empty);
        _platform.Members.Add(Of("ann"));

        _workspace.Clock.Advance(InDoubtCalls.CallTime);
        await _stage.ResidualsAsync();

        _platform.Members.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_call_that_was_lost_long_ago_can_do_nothing_any_more()
    {
        await LoseAnAddAsync();
        _workspace.Clock.Advance(InDoubtCalls.CallTime);
        await _stage.SettleAsync();

        _platform.Members.ShouldBe([Of("ann")]);
        (await _stage.ResidualRowsAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_lost_call_that_said_what_still_holds_costs_no_other_one()
    {
        _platform.Fault = _ => PlatformFault.LostApplied;
        await _setup.SetAsync(_stage.KeyId, true, _ann);
        await _stage.PassAsync(Lane.Adds);
        _platform.Fault = _ => PlatformFault.None;
        await _stage.SettleAsync();
        var calls = _platform.Calls.Count;

        _workspace.Clock.Advance(InDoubtCalls.CallTime);
        (await _stage.ResidualsAsync()).ShouldBe(RunEnd.Drained);

        _platform.Calls.Count.ShouldBe(calls);
        (await _stage.ResidualRowsAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task Not_so_fast_is_an_answer_and_leaves_nobody_in_doubt()
    {
        _platform.Fault = _ => PlatformFault.Throttled;
        await _setup.SetAsync(_stage.KeyId, true, _ann);
        await _stage.PassAsync(Lane.Adds);
        (await _stage.LedgerAsync()).ShouldBe(["0 1 1 "]);

        _platform.Fault = _ => PlatformFault.None;
        await _stage.SettleAsync();

        (await _stage.ResidualRowsAsync()).ShouldBeEmpty();
        _platform.Members.Count.ShouldBe(1);
    }

    private async Task LoseAnAddAsync()
    {
        _platform.Fault = _ => PlatformFault.LostUnapplied;
        await _setup.SetAsync(_stage.KeyId, true, _ann);
        await _stage.PassAsync(Lane.Adds);
        _platform.Fault = _ => PlatformFault.None;
    }

    // He is wanted, and a removal that was lost takes him out now.
    private async Task ALateRemovalIsMadeGoodAsync()
    {
        _platform.Members.Clear();
        _workspace.Clock.Advance(InDoubtCalls.CallTime);
        await _stage.ResidualsAsync();
        await _stage.SettleAsync();

        _platform.Members.ShouldBe([Of("ann")]);
        await NothingIsLeftToSendAsync();
    }

    // Whoever was said once more was in doubt, so the mark of that goes, too.
    private async Task NothingIsLeftToSendAsync()
    {
        var calls = _platform.Calls.Count;
        _workspace.Clock.Advance(InDoubtCalls.CallTime);
        await _stage.ResidualsAsync();
        await _stage.SettleAsync();
        (await _stage.ResidualRowsAsync()).ShouldBeEmpty();
        _platform.Calls.Count.ShouldBe(calls);
    }

    private static string Of(string name) => ScriptedPlatform.Digest(name + "@shop.example", new(1));

    private async Task WantAsync(bool present)
    {
        await _setup.SetAsync(_stage.KeyId, present, _ann);
        await _stage.SettleAsync();
    }
}

using AudienceSync.Domain.Identity;
using AudienceSync.Domain.Syncing;
using AudienceSync.Host.Sync;
using AudienceSync.Host.Sync.Lanes;
using AudienceSync.Host.Tests.Workspaces;

namespace AudienceSync.Host.Tests.Syncing;

/// <summary>
/// What may be at a platform in addition to the ledger's row: deliveries whose removal was refused, and calls that are executed late.
/// </summary>
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
        _ann = await _setup.AddPersonAsync("ann@shop.example");
    }

    public async Task DisposeAsync() => await _workspace.DisposeAsync();

    [Fact]
    public async Task A_replaced_address_whose_removal_is_refused_is_recorded_and_removed_on_request()
    {
        await SetDesiredAsync(true);
        _platform.Fault = call => call.Operation == MemberOperation.Remove ? PlatformFault.FirstRefused : PlatformFault.None;
        await _setup.ReidentifyAsync(_ann, "anna@shop.example");
        await _stage.SettleAsync();

        _platform.Members.ShouldBe([Of("ann"), Of("anna")], "the member is desired and reached by the new address");
        (await _stage.LedgerAsync()).ShouldBe(["2 2 1 "]);
        (await _stage.ResidualRowsAsync()).ShouldBe(["1 1 first_refused"]);

        (await _stage.ResidualsAsync()).ShouldBe(RunEnd.Empty, "refused rows are not retried yet");
        _platform.Fault = _ => PlatformFault.None;
        await new BindingStore(_workspace.Database).RetryRefusedAsync("main", default);
        await _stage.ResidualsAsync();

        await _stage.SettleAsync();
        _platform.Members.ShouldBe([Of("anna")]);
        await VerifyNothingIsLeftToSendAsync();
    }

    [Fact]
    public async Task A_refused_removal_is_retried_after_a_day_also_when_the_person_has_left()
    {
        await SetDesiredAsync(true);
        _platform.Fault = call => call.Operation == MemberOperation.Remove ? PlatformFault.FirstRefused : PlatformFault.None;
        await _setup.ReidentifyAsync(_ann, "anna@shop.example");
        await _stage.SettleAsync();
        _platform.Fault = _ => PlatformFault.None;
        await SetDesiredAsync(false);
        _platform.Members.ShouldBe([Of("ann")]);

        _workspace.Clock.Advance(Refusals.ResidualRetryAfter);
        (await _stage.ResidualsAsync()).ShouldBe(RunEnd.Drained);

        _platform.Members.ShouldBeEmpty();
        (await _stage.ResidualRowsAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task An_add_of_lost_outcome_that_is_refused_when_redelivered_leaves_its_member_in_doubt_and_removable()
    {
        _platform.Fault = _ => PlatformFault.LostApplied;
        await _setup.SetAsync(_stage.KeyId, true, _ann);
        await _stage.PassAsync(Lane.Adds);
        _platform.Fault = _ => PlatformFault.FirstRefused;
        await _stage.SettleAsync();
        (await _stage.LedgerAsync()).ShouldBe(["1 1 1 first_refused"], "the first attempt added the member");
        _platform.Members.Count.ShouldBe(1);

        _platform.Fault = _ => PlatformFault.None;
        await SetDesiredAsync(false);

        _platform.Members.ShouldBeEmpty();
    }

    [Fact]
    public async Task An_add_executed_after_its_later_removal_is_removed_when_its_time_is_over()
    {
        await LoseAddAsync();
        await SetDesiredAsync(false);
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
    public async Task A_removal_executed_after_its_member_came_back_is_repaired_when_its_time_is_over()
    {
        await SetDesiredAsync(true);
        _platform.Fault = _ => PlatformFault.LostUnapplied;
        await _setup.SetAsync(_stage.KeyId, false, _ann);
        await _stage.PassAsync(Lane.Removals);
        _platform.Fault = _ => PlatformFault.None;
        await SetDesiredAsync(true);

        await VerifyLateRemovalIsRepairedAsync();
    }

    // Found by the simulation (seed 451 of a loop in which adds came sooner).
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_lost_removal_of_a_residual_delivery_executed_after_its_member_came_back_is_repaired(bool redelivered)
    {
        await LoseAddAsync();
        await SetDesiredAsync(false);
        _workspace.Clock.Advance(InDoubtCalls.CallTime);
        _platform.Fault = _ => PlatformFault.LostUnapplied;
        (await _stage.ResidualsAsync()).ShouldBe(RunEnd.Held);
        _platform.Fault = _ => PlatformFault.None;
        if (redelivered)
        {
            (await _stage.ResidualsAsync()).ShouldBe(RunEnd.Drained);
        }

        await SetDesiredAsync(true);
        _platform.Members.ShouldBe([Of("ann")]);
        await _stage.ResidualsAsync();

        await VerifyLateRemovalIsRepairedAsync();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_residual_delivery_with_two_reasons_whose_removal_is_lost_is_kept_once(bool cameBack)
    {
        await LoseAddAsync();
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
    public async Task A_redelivery_on_request_does_not_end_the_time_of_a_lost_call()
    {
        await LoseAddAsync();
        await SetDesiredAsync(false);
        await new BindingStore(_workspace.Database).RetryRefusedAsync("main", default);
        (await _stage.ResidualsAsync()).ShouldBe(RunEnd.Empty);
        _platform.Members.Add(Of("ann"));

        _workspace.Clock.Advance(InDoubtCalls.CallTime);
        await _stage.ResidualsAsync();

        _platform.Members.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_call_that_was_lost_long_ago_has_no_effect_any_more()
    {
        await LoseAddAsync();
        _workspace.Clock.Advance(InDoubtCalls.CallTime);
        await _stage.SettleAsync();

        _platform.Members.ShouldBe([Of("ann")]);
        (await _stage.ResidualRowsAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_lost_call_whose_content_still_applies_costs_no_other_call()
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
    public async Task A_throttling_response_leaves_nobody_in_doubt()
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

    private async Task LoseAddAsync()
    {
        _platform.Fault = _ => PlatformFault.LostUnapplied;
        await _setup.SetAsync(_stage.KeyId, true, _ann);
        await _stage.PassAsync(Lane.Adds);
        _platform.Fault = _ => PlatformFault.None;
    }

    // The member is desired, and a lost removal now removes them.
    private async Task VerifyLateRemovalIsRepairedAsync()
    {
        _platform.Members.Clear();
        _workspace.Clock.Advance(InDoubtCalls.CallTime);
        await _stage.ResidualsAsync();
        await _stage.SettleAsync();

        _platform.Members.ShouldBe([Of("ann")]);
        await VerifyNothingIsLeftToSendAsync();
    }

    // A redelivered member was in doubt, so the mark for the redelivery is cleared, too.
    private async Task VerifyNothingIsLeftToSendAsync()
    {
        var calls = _platform.Calls.Count;
        _workspace.Clock.Advance(InDoubtCalls.CallTime);
        await _stage.ResidualsAsync();
        await _stage.SettleAsync();
        (await _stage.ResidualRowsAsync()).ShouldBeEmpty();
        _platform.Calls.Count.ShouldBe(calls);
    }

    private static string Of(string name) => ScriptedPlatform.Digest(name + "@shop.example", new(1));

    private async Task SetDesiredAsync(bool present)
    {
        await _setup.SetAsync(_stage.KeyId, present, _ann);
        await _stage.SettleAsync();
    }
}

using AudienceSync.Domain.Syncing;
using AudienceSync.Host.Sync;
using AudienceSync.Host.Sync.Lanes;
using AudienceSync.Host.Tests.Workspaces;
using AudienceSync.Host.Workspaces.Status;

namespace AudienceSync.Host.Tests.Syncing;

/// <summary>What a platform refuses: a member, a batch because of one of its rows, an audience for a while.</summary>
public sealed class RefusalTests : IAsyncLifetime
{
    private readonly ScriptedPlatform _platform = new(membersPerCall: 1_024);
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

    [Theory]
    [InlineData(0)]
    [InlineData(77)]
    [InlineData(255)]
    public async Task One_row_that_fails_a_batch_costs_no_more_calls_than_the_batch_can_be_halved(int place)
    {
        var people = await _setup.AddPersonAsync(255);
        people.Insert(place, await _setup.AddPersonAsync("fails@shop.example"));
        await _setup.SetAsync(_stage.KeyId, true, [.. people]);

        await _stage.SettleAsync();

        _stage.ShouldBeInSync("all members but one");
        _platform.Calls.Count.ShouldBeLessThanOrEqualTo(
            1 + 8 + 1 + 1,
            "the whole batch, eight halvings of 256, the failing row alone, the rest"
        );
        (await _stage.LedgerAsync()).ShouldContain("4 1 1 row_fails_batch");
    }

    [Fact]
    public async Task A_removal_refused_by_name_leaves_its_member_in_doubt_and_not_absent()
    {
        var ann = await _setup.AddPersonAsync("ann@shop.example");
        await _setup.SetAsync(_stage.KeyId, true, ann);
        await _stage.SettleAsync();
        _platform.Fault = _ => PlatformFault.CallRefused;
        await _setup.SetAsync(_stage.KeyId, false, ann);
        await _stage.SettleAsync();
        (await _stage.LedgerAsync()).ShouldBe(["3 1 1 row_fails_batch"], "the member is still there");

        _platform.Fault = _ => PlatformFault.None;
        (await new BindingStore(_workspace.Database).RetryRefusedAsync("main", default)).ShouldBe(1);
        await _stage.SettleAsync();

        _platform.Members.ShouldBeEmpty();
        (await _stage.LedgerAsync()).ShouldBe(["0 1 1 "]);
    }

    [Fact]
    public async Task A_removal_refused_in_part_without_names_is_halved_until_the_refused_members_are_known()
    {
        var people = await _setup.AddPersonAsync(8);
        await _setup.SetAsync(_stage.KeyId, true, [.. people]);
        await _stage.SettleAsync();
        _platform.Fault = call =>
            call.Members.Any(member => member.Identifiers.Email == "p5@shop.example")
                ? call.Members.Count > 1
                    ? PlatformFault.Unnamed
                    : PlatformFault.CallRefused
                : PlatformFault.None;
        await _setup.SetAsync(_stage.KeyId, false, [.. people]);

        await _stage.SettleAsync();

        _platform.Members.ShouldBe([ScriptedPlatform.Digest("p5@shop.example", _platform.Normalizer)]);
        (await _stage.LedgerAsync()).Order().ShouldBe([.. Enumerable.Repeat("0 1 1 ", 7), "3 1 1 row_fails_batch"]);
    }

    [Fact]
    public async Task Adds_refused_in_part_without_names_keep_the_reason_and_are_redelivered_on_request()
    {
        await _setup.SetAsync(_stage.KeyId, true, [.. await _setup.AddPersonAsync(4)]);
        _platform.Fault = _ => PlatformFault.Unnamed;
        await _stage.SettleAsync();
        (await _stage.LedgerAsync()).ShouldAllBe(row => row == "2 1 1 some_refused");

        _platform.Fault = _ => PlatformFault.None;
        await new BindingStore(_workspace.Database).RetryRefusedAsync("main", default);
        await _stage.SettleAsync();

        _stage.ShouldBeInSync("redelivered");
        (await _stage.LedgerAsync()).ShouldAllBe(row => row == "2 1 1 ");
    }

    [Fact]
    public async Task A_refused_member_is_redelivered_when_an_operator_requests_it()
    {
        var ann = await _setup.AddPersonAsync("ann@shop.example");
        _platform.Fault = _ => PlatformFault.CallRefused;
        await _setup.SetAsync(_stage.KeyId, true, ann);
        await _stage.SettleAsync();
        _platform.Fault = _ => PlatformFault.None;
        await _setup.SetAsync(_stage.KeyId, true, ann);
        await _stage.SettleAsync();
        (await _stage.LedgerAsync()).ShouldBe(["4 1 1 row_fails_batch"], "nothing changed");

        await new BindingStore(_workspace.Database).RetryRefusedAsync("main", default);
        await _stage.SettleAsync();

        _stage.ShouldBeInSync("the member was redelivered");
        (await _stage.LedgerAsync()).ShouldBe(["2 1 1 "]);
    }

    [Fact]
    public async Task Timeouts_do_not_count_as_unknown_responses()
    {
        await _setup.SetAsync(_stage.KeyId, true, [.. await _setup.AddPersonAsync(3)]);
        foreach (
            var fault in new[]
            {
                PlatformFault.LostUnapplied,
                PlatformFault.LostUnapplied,
                PlatformFault.Unknown,
                PlatformFault.LostUnapplied,
                PlatformFault.Unknown,
            }
        )
        {
            _platform.Fault = _ => fault;
            await _stage.PassAsync(Lane.Adds);
        }

        (await _stage.BindingAsync()).StoppedCode.ShouldBeNull("only two of them so far");
        _platform.Fault = _ => PlatformFault.Unknown;
        await _stage.PassAsync(Lane.Adds);
        (await _stage.BindingAsync()).StoppedCode.ShouldBe("test_unknown_999");
    }

    [Fact]
    public async Task An_audience_that_cannot_be_changed_now_is_parked_without_an_attempt_and_retried_when_it_has_grown()
    {
        var people = await _setup.AddPersonAsync(4);
        await _setup.SetAsync(_stage.KeyId, true, [.. people.Take(2)]);
        await _stage.SettleAsync();
        _platform.Fault = call => call.Operation == MemberOperation.Remove ? PlatformFault.NotEditable : PlatformFault.None;
        await _setup.SetAsync(_stage.KeyId, false, people[0]);

        (await _stage.PassAsync(Lane.Removals)).ShouldBe(RunEnd.Held);

        var parked = await _stage.BindingAsync();
        parked.RemovalNextAt.ShouldBe(TestWorkspace.Start + ScriptedPlatform.NotEditableWait);
        parked.RemovalAttempts.ShouldBe(0);
        var status = (await new StatusQueries(_workspace.Database).ReadBindingsAsync(TestWorkspace.Start, default)).ShouldHaveSingleItem();
        (status.State, status.Code).ShouldBe(("parked", "test_not_editable"));
        await _setup.SetAsync(_stage.KeyId, true, people[2]);
        await _stage.PassAsync(Lane.Adds);
        (await _stage.BindingAsync()).RemovalNextAt.ShouldBeNull("the audience has grown");
    }
}

using AudienceSync.Domain.Audiences;
using AudienceSync.Domain.Identity;
using AudienceSync.Host.Audiences;
using AudienceSync.Host.Audiences.Registry;
using AudienceSync.Host.EventStore;
using AudienceSync.Host.Tests.People;
using AudienceSync.Host.Tests.Workspaces;

namespace AudienceSync.Host.Tests.Syncing;

/// <summary>Design rule 9: a platform receives only the identifiers by which the key that feeds it matches.</summary>
public sealed class MatchKeyTests : IAsyncLifetime
{
    private const string Email = "ann@shop.example";
    private const string Phone = "+15559876543";
    private const string OnlyPhone = "+442079460958";

    private readonly SetOfAddresses _platform = new();
    private readonly Wake _wake = new(TimeProvider.System);
    private TestWorkspace _workspace = null!;
    private MemberSetup _setup = null!;
    private SyncStage _stage = null!;
    private AudienceRegistry _registry = null!;
    private int _emailKey;
    private PersonId _ann;
    private PersonId _bob;

    // k0_v1 matches by everything, k0_v2 by email. Ann has both addresses, Bob has a phone; both are members of both versions.
    public async Task InitializeAsync()
    {
        _workspace = await TestWorkspace.CreateAsync([null]);
        _registry = new AudienceRegistry(new RegistryStore(_workspace.Database, _workspace.Clock), _workspace.Keys);
        await _registry.ExecuteAsync("k0", new PublishKey(2, new KeyTerms(null, MatchKeys.Email), "test", null), default);
        _emailKey = _workspace.Keys.ByName("k0_v2")!.KeyId;
        _setup = new MemberSetup(_workspace);
        _stage = await SyncStage.CreateAsync(_workspace, _setup, _platform);
        _ann = await _setup.AddPersonAsync(Email, Phone);
        _bob = await _setup.AddPersonAsync("", OnlyPhone);
        foreach (var key in new[] { _stage.KeyId, _emailKey })
        {
            await _setup.SetAsync(key, true, _ann, _bob);
        }
    }

    public async Task DisposeAsync()
    {
        _wake.Dispose();
        await _workspace.DisposeAsync();
    }

    [Fact]
    public async Task Only_identifiers_that_the_key_matches_by_are_delivered()
    {
        await PromoteAsync();

        await SettleAsync();

        _platform.Held.ShouldBe([Email]);
        (await StatusesAsync()).ShouldBe(
            [$"{_ann} 2 {(int)(MatchKeys.All & ~MatchKeys.Email)} ", $"{_bob} 5 {(int)(MatchKeys.All & ~MatchKeys.Email)} no_identifier"],
            ignoreOrder: true
        );
    }

    [Fact]
    public async Task A_key_with_other_match_keys_removes_what_it_omits_and_a_rollback_delivers_it_again()
    {
        await SettleAsync();
        _platform.Held.ShouldBe([Email, Phone, OnlyPhone], ignoreOrder: true);

        await PromoteAsync();
        await SettleAsync();
        _platform.Held.ShouldBe([Email]);

        await _registry.ExecuteAsync("k0", new RollBackKey(null, "test", null), default);
        await SettleAsync();
        _platform.Held.ShouldBe([Email, Phone, OnlyPhone], ignoreOrder: true);
    }

    [Fact]
    public async Task A_removal_uses_the_identifiers_of_its_add_whatever_the_key_matches_by_now()
    {
        await SettleAsync();
        await PromoteAsync();
        await _setup.SetAsync(_emailKey, false, _ann, _bob);

        await SettleAsync();

        _platform.Held.ShouldBeEmpty();
    }

    private Task PromoteAsync() => _registry.ExecuteAsync("k0", new PromoteKey(2, null, "test", null), default);

    private async Task SettleAsync()
    {
        for (var rounds = 0; await _stage.LoopRoundAsync(_wake); rounds++)
        {
            rounds.ShouldBeLessThan(20, "the account is never done");
        }
    }

    private Task<List<string>> StatusesAsync() => _workspace.RowsAsync("select person, status, omitted, reason from ledger");
}

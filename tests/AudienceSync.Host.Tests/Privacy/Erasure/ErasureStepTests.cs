using System.Text.Json;
using AudienceSync.Host.EventStore;
using AudienceSync.Host.EventStore.Leases;
using AudienceSync.Host.People.Erasure;
using AudienceSync.Host.Tests.Ingest;
using AudienceSync.Host.Tests.Serving;

namespace AudienceSync.Host.Tests.Privacy.Erasure;

/// <summary>What holds between the steps of an erasure, and what it leaves to other people.</summary>
public sealed class ErasureStepTests : IAsyncLifetime
{
    private readonly OffsetClock _clock = new(Sample.Now);
    private TestHost _host = null!;

    public async Task InitializeAsync() => _host = await TestHost.StartAsync(new TestHostOptions { Clock = _clock });

    public async Task DisposeAsync() => await _host.DisposeAsync();

    private Erasures Erasures => _host.Server.Workspaces["default"].Get<Erasures>();

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task Killed_before_any_step_after_the_ledger_is_empty_nothing_is_lost_and_the_next_run_completes_it(int step)
    {
        await _host.SendEventAsync("gone", "gone@example.com");
        await _host.SendEventAsync("gone", "gone@example.com", key: "nobody_published_v1");
        await _host.WaitUntilQuietAsync(meanwhile: Later);
        await using var database = new WorkspaceDatabase(_host.Database, new WorkspaceName("default"));
        var leases = new LeaseStore(database, "the test");
        var lease = (await leases.TryClaimAsync(ErasureLoop.LeaseName, default)).ShouldNotBeNull("otherwise the Host's loop would do it");
        var erasure = (await _host.EraseAsync(new { customer_id = "gone" })).Id();
        await _host.UntilAsync(() => _host.ReceiptAsync(erasure), IsRemoved, Later);

        var row = (await Erasures.Table.FindAsync(erasure, default)).ShouldNotBeNull();
        var steps = 0;
        await Should.ThrowAsync<OperationCanceledException>(() =>
            Erasures.Run.TryAsync(row, () => ++steps == step ? throw new OperationCanceledException("killed") : Task.CompletedTask, default)
        );
        (await Erasures.Table.FindAsync(erasure, default))!.State.ShouldBe(ErasureState.Waiting);
        (await CountAsync("people")).ShouldBe(1);

        await leases.ReleaseAsync(lease, default);
        var receipt = await _host.ErasedAsync(erasure, Later);
        receipt.GetProperty("bodies").GetProperty("raw_emptied").GetInt32().ShouldBe(1);
        receipt.GetProperty("bodies").GetProperty("quarantined_deleted").GetInt32().ShouldBe(1);
        (await CountAsync("people")).ShouldBe(0);
        (await Erasures.Run.TryAsync(row, () => Task.CompletedTask, default)).ShouldBeFalse("it has ended");
        (await CountAsync("mt_events where type = 'person_erased'")).ShouldBe(1);
    }

    [Fact]
    public async Task A_guest_and_the_customer_they_became_are_one_person_and_are_erased_together()
    {
        await _host.SendEventAsync(null, "guest@example.com");
        await _host.SendEventAsync(null, null, "+12025550177");
        await _host.SendEventAsync("customer", "guest@example.com", "+12025550177");
        await _host.WaitUntilQuietAsync(meanwhile: Later);
        var receipt = await _host.ErasedAsync((await _host.EraseAsync(new { email = "guest@example.com" })).Id(), Later);
        receipt.GetProperty("identifiers").GetInt32().ShouldBe(4, "three identifiers, and the other form of the phone");
        (await CountAsync("people")).ShouldBe(0);
        (await CountAsync("person_aliases")).ShouldBe(0);
        (await CountAsync("mt_events where type = 'person_erasure_requested'")).ShouldBe(3);
        (await _host.SendEventAsync("customer")).Code.ShouldBe("person_erased");
    }

    [Fact]
    public async Task An_address_that_another_person_claimed_later_stays_with_that_person()
    {
        await SendEventAsync("gone", "shared@example.com", "2026-11-20T09:00:00Z");
        await SendEventAsync("stays", "shared@example.com", "2026-11-20T10:00:00Z");
        await SendEventAsync("gone", "own@example.com", "2026-11-20T11:00:00Z");
        await _host.WaitUntilQuietAsync(meanwhile: Later);
        await _host.ErasedAsync((await _host.EraseAsync(new { customer_id = "gone" })).Id(), Later);

        var status = await _host.WaitUntilQuietAsync(meanwhile: Later);
        (await _host.Sandbox.HeldAsync(TestHost.Remote(0), "EMAIL")).Count.ShouldBe(1, status.ToString());
        (await _host.SendEventAsync("stays", "shared@example.com")).Status.ShouldBe(200);
        (await _host.SendEventAsync("somebody", "own@example.com")).Code.ShouldBe("person_erased");
    }

    [Fact]
    public async Task An_erased_address_is_refused_for_an_earlier_claimant_who_stays_in_the_audience()
    {
        await SendEventAsync("stays", "shared@example.com", "2026-11-20T09:00:00Z");
        await SendEventAsync("stays", "their.own@example.com", "2026-11-20T09:10:00Z");
        await SendEventAsync("gone", "shared@example.com", "2026-11-20T10:00:00Z");
        await _host.WaitUntilQuietAsync(meanwhile: Later);
        await _host.ErasedAsync((await _host.EraseAsync(new { customer_id = "gone" })).Id(), Later);

        await _host.WaitUntilQuietAsync(meanwhile: Later);
        (await _host.Sandbox.HeldAsync(TestHost.Remote(0), "EMAIL")).Count.ShouldBe(1);
        (await _host.SendEventAsync("stays", "shared@example.com")).Code.ShouldBe("person_erased");
        (await _host.SendEventAsync("stays", "third@example.com")).Status.ShouldBe(200);
    }

    private async Task SendEventAsync(string customer, string email, string at)
    {
        var sample = Sample.With("occurred_at", at);
        sample["person"] = new System.Text.Json.Nodes.JsonObject { ["customer_id"] = customer, ["email"] = email };
        (await _host.PostAsync(sample)).Status.ShouldBe(200);
    }

    private static bool IsRemoved(JsonElement erasure) =>
        erasure
            .GetProperty("destinations")
            .EnumerateArray()
            .Any(destination => destination.GetProperty("outcome").GetString() == "removed");

    private void Later() => _clock.Advance(TimeSpan.FromSeconds(30));

    private Task<long> CountAsync(string table) => _host.ScalarAsync<long>($"select count(*) from {table}");
}

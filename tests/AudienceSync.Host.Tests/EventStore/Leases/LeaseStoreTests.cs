using AudienceSync.Domain.Events;
using AudienceSync.Domain.Identity;
using AudienceSync.Host.EventStore.Leases;
using AudienceSync.Host.Projection;
using AudienceSync.Host.Tests.Workspaces;
using Npgsql;

namespace AudienceSync.Host.Tests.EventStore.Leases;

public sealed class LeaseStoreTests
{
    private const string ExpireSql = "update leases set until = clock_timestamp() - interval '1 second'";

    [Fact]
    public async Task A_held_lease_is_refused_to_others_and_renewed_for_its_holder_with_a_higher_fence()
    {
        await using var workspace = await TestWorkspace.CreateAsync();
        var (ours, theirs) = (new LeaseStore(workspace.Database, "ours"), new LeaseStore(workspace.Database, "theirs"));

        var first = (await ours.TryClaimAsync("work", default)).ShouldNotBeNull();
        (await theirs.TryClaimAsync("work", default)).ShouldBeNull();
        var again = (await ours.TryClaimAsync("work", default)).ShouldNotBeNull();

        again.Fence.ShouldBeGreaterThan(first.Fence);
        await Should.ThrowAsync<LeaseLostException>(() => ours.KeepAsync(first, default));
        await ours.KeepAsync(again, default);
        (await theirs.TryClaimAsync("other work", default)).ShouldNotBeNull();
    }

    [Fact]
    public async Task An_expired_lease_goes_to_the_next_claimant_and_the_old_holder_fails_at_its_next_write()
    {
        await using var workspace = await TestWorkspace.CreateAsync();
        var (ours, theirs) = (new LeaseStore(workspace.Database, "ours"), new LeaseStore(workspace.Database, "theirs"));
        var lost = (await ours.TryClaimAsync("work", default)).ShouldNotBeNull();

        await workspace.ExecuteAsync(ExpireSql);
        await ours.KeepAsync(lost, default);
        (await theirs.TryClaimAsync("work", default)).ShouldBeNull("the silent holder renewed before any other host claimed");
        await workspace.ExecuteAsync(ExpireSql);
        var taken = (await theirs.TryClaimAsync("work", default)).ShouldNotBeNull();

        taken.Fence.ShouldBe(lost.Fence + 1);
        await Should.ThrowAsync<LeaseLostException>(() => ours.KeepAsync(lost, default));
        await ours.ReleaseAsync(lost, default);
        await theirs.KeepAsync(taken, default);
        (await ours.TryClaimAsync("work", default)).ShouldBeNull("releasing a lost lease frees nothing");
    }

    [Fact]
    public async Task A_renewal_keeps_what_was_claimed_and_neither_what_was_released_nor_what_another_claimed()
    {
        await using var workspace = await TestWorkspace.CreateAsync();
        var (ours, theirs) = (new LeaseStore(workspace.Database, "ours"), new LeaseStore(workspace.Database, "theirs"));
        await ours.TryClaimAsync("kept", default);
        await ours.ReleaseAsync((await ours.TryClaimAsync("released", default)).ShouldNotBeNull(), default);
        await ours.TryClaimAsync("taken", default);
        await workspace.ExecuteAsync(ExpireSql);
        (await theirs.TryClaimAsync("taken", default)).ShouldNotBeNull();
        await workspace.ExecuteAsync("update leases set until = clock_timestamp() + interval '1 second' where name = 'taken'");

        await ours.RenewAsync(default);

        (await theirs.TryClaimAsync("kept", default)).ShouldBeNull();
        (await theirs.TryClaimAsync("released", default)).ShouldNotBeNull();
        (await workspace.AskAsync<TimeSpan>("select until - clock_timestamp() from leases where name = 'taken'")).ShouldBeLessThan(
            TimeSpan.FromSeconds(1)
        );
    }

    [Fact]
    public async Task A_renewal_never_shortens_a_lease()
    {
        await using var workspace = await TestWorkspace.CreateAsync();
        var ours = new LeaseStore(workspace.Database, "ours");
        await ours.TryClaimAsync("work", default);
        await workspace.ExecuteAsync("update leases set until = clock_timestamp() + interval '1 minute'");

        await ours.RenewAsync(default);

        (await workspace.AskAsync<TimeSpan>("select until - clock_timestamp() from leases")).ShouldBeGreaterThan(TimeSpan.FromSeconds(30));
    }

    [Fact]
    public async Task A_released_lease_is_free_at_once()
    {
        await using var workspace = await TestWorkspace.CreateAsync();
        var (ours, theirs) = (new LeaseStore(workspace.Database, "ours"), new LeaseStore(workspace.Database, "theirs"));
        var held = (await ours.TryClaimAsync("work", default)).ShouldNotBeNull();

        await ours.ReleaseAsync(held, default);

        (await theirs.TryClaimAsync("work", default)).ShouldNotBeNull().Fence.ShouldBe(held.Fence + 1);
    }

    [Fact]
    public async Task Of_many_concurrent_claims_one_succeeds()
    {
        await using var workspace = await TestWorkspace.CreateAsync();

        var claims = await Task.WhenAll(
            Enumerable.Range(0, 16).Select(n => new LeaseStore(workspace.Database, $"host{n}").TryClaimAsync("work", default))
        );

        claims.Count(claim => claim is not null).ShouldBe(1);
    }

    [Fact]
    public async Task A_batch_under_a_lost_lease_writes_nothing_and_leaves_its_connection_usable()
    {
        await using var workspace = await TestWorkspace.CreateAsync([null]);
        var leases = new LeaseStore(workspace.Database, "ours");
        var lost = (await leases.TryClaimAsync("projector", default)).ShouldNotBeNull();
        await leases.TryClaimAsync("projector", default);
        var table = new MembershipStore(workspace.Database);
        var progress = new ProjectionProgress(new Position(7), 7, 7, 7);
        await using var connection = await workspace.Database.Hot.OpenConnectionAsync();

        var failure = await Should.ThrowAsync<LeaseLostException>(() =>
            LeaseStore.WriteAsync(connection, lost, [new NpgsqlBatchCommand("update projection_counts set applied = 99")], default)
        );
        await Should.ThrowAsync<LeaseLostException>(() => table.WriteAsync(lost, ProjectedPage.Of([]), progress, default));

        failure.InnerException.ShouldBeOfType<PostgresException>().SqlState.ShouldBe("AS001");
        await using var alive = new NpgsqlCommand("select applied from projection_counts", connection);
        (await alive.ExecuteScalarAsync()).ShouldBe(0L);
        (await table.ReadProgressAsync(default)).Position.ShouldBe(Position.Start);
    }

    [Fact]
    public async Task A_batch_that_fails_half_way_writes_nothing_and_keeps_the_lease()
    {
        await using var workspace = await TestWorkspace.CreateAsync([null]);
        var leases = new LeaseStore(workspace.Database, "ours");
        var held = (await leases.TryClaimAsync("projector", default)).ShouldNotBeNull();
        await using var connection = await workspace.Database.Hot.OpenConnectionAsync();

        await Should.ThrowAsync<PostgresException>(() =>
            LeaseStore.WriteAsync(
                connection,
                held,
                [new NpgsqlBatchCommand("update projection_counts set applied = 99"), new NpgsqlBatchCommand("select 1 / 0")],
                default
            )
        );

        (await workspace.AskAsync<long>("select applied from projection_counts")).ShouldBe(0);
        await leases.KeepAsync(held, default);
    }
}

using AudienceSync.Domain.Events;
using AudienceSync.Domain.Identity;
using AudienceSync.Domain.Membership;
using AudienceSync.Host.EventStore.Leases;
using AudienceSync.Host.Projection;
using AudienceSync.Host.Tests.Workspaces;
using Npgsql;

namespace AudienceSync.Host.Tests.Projecting;

/// <summary>A row that was not found is inserted without a second lookup, and that insert can never overwrite an existing row.</summary>
public sealed class NewRowTests
{
    [Fact]
    public async Task A_row_wrongly_taken_as_new_fails_the_whole_page()
    {
        await using var workspace = await TestWorkspace.CreateAsync([null]);
        var leases = new LeaseStore(workspace.Database, "host");
        var table = new MembershipStore(workspace.Database);
        var lease = (await leases.TryClaimAsync("projector", default)).ShouldNotBeNull();
        var (first, second) = (Row(changedPos: 1), Row(changedPos: 2));
        await table.WriteAsync(lease, ProjectedPage.Of([first]), new ProjectionProgress(new Position(1), 1, 1, 0), default);

        var refused = await Should.ThrowAsync<PostgresException>(() =>
            table.WriteAsync(
                lease,
                ProjectedPage.Of([second, first with { ChangedPos = 3 }]),
                new ProjectionProgress(new Position(9), 3, 2, 0),
                default
            )
        );

        refused.SqlState.ShouldBe(PostgresErrorCodes.UniqueViolation);
        (await workspace.RowsAsync("select changed_pos from membership")).ShouldBe(["1"]);
        (await table.ReadProgressAsync(default)).Position.ShouldBe(new Position(1));
        await table.WriteAsync(
            lease,
            ProjectedPage.Of([first with { IsNew = false, ChangedPos = 4 }, second]),
            new ProjectionProgress(new Position(9), 4, 2, 0),
            default
        );
        (await workspace.RowsAsync("select changed_pos from membership order by 1")).ShouldBe(["2", "4"]);
    }

    private static MembershipRow Row(long changedPos) =>
        new(
            1,
            new PersonId(Guid.CreateVersion7(TestWorkspace.Start)),
            new MembershipState(TestWorkspace.Start, null),
            MembershipStatus.Present,
            TestWorkspace.Start,
            null,
            1,
            changedPos
        )
        {
            IsNew = true,
        };
}

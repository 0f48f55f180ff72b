using AudienceSync.Host.EventStore;
using AudienceSync.Host.Projection.Rebuilding;
using AudienceSync.Host.Tests.Workspaces;
using Npgsql;

namespace AudienceSync.Host.Tests.Rebuilding;

/// <summary>
/// The snapshot of a rebuild is silent for as long as a fold takes, and a rebuild that lost it would begin again, and again.
/// </summary>
public sealed class IdleSnapshotTests
{
    private static readonly TimeSpan LongestIdle = TimeSpan.FromSeconds(1);

    [Fact]
    public async Task A_snapshot_that_is_idle_for_longer_than_any_holder_may_be_survives_though_a_host_waits_for_it()
    {
        await using var workspace = await TestWorkspace.CreateAsync([null]);
        await using var database = new GenerationSchemaStore(workspace.ConnectionString, TestWorkspace.Name, LongestIdle);
        await using var snapshot = await LogSnapshotQueries.OpenAsync(database, default);
        await snapshot.ReadLinksAsync(default);

        await using var waiting = new NpgsqlConnection(
            new NpgsqlConnectionStringBuilder(workspace.ConnectionString)
            {
                SearchPath = TestWorkspace.Name.Schema,
                ApplicationName = "audiencesync/default",
                Pooling = false,
            }.ConnectionString
        );
        await waiting.OpenAsync();
        await using var wait = new NpgsqlCommand("begin; set local lock_timeout = '4s'; lock table mt_events", waiting);
        var ended = wait.ExecuteNonQueryAsync();
        var holders = new StalledHolders(workspace.Database);
        var deadline = Deadline.In();
        while (!ended.IsCompleted)
        {
            deadline.Check("the end of the wait for the snapshot's lock");
            (await holders.EndAsync(default)).ShouldBe(0);
        }

        (await Should.ThrowAsync<PostgresException>(ended)).SqlState.ShouldBe(
            PostgresErrorCodes.LockNotAvailable,
            "the snapshot must have been in the way all the time"
        );
        (await snapshot.ReadLinksAsync(default)).ShouldBeEmpty("and it still answers");
    }
}

using AudienceSync.Domain.Events;
using AudienceSync.Host.EventStore;
using AudienceSync.Host.Tests.Ingest.Append;
using AudienceSync.Host.Tests.Workspaces;
using JasperFx;
using Marten;
using Npgsql;

namespace AudienceSync.Host.Tests.EventStore;

/// <summary>Every writer takes the append lock before it appends, and the database refuses one that does not.</summary>
public sealed class UnitOfWorkTests
{
    /// <summary>The appends of <see cref="StockAsync"/>, of two events each.</summary>
    internal const int StockAppends = 60;

    private static readonly PersonSuppressed Suppressed = new(TestWorkspace.Start, "team", Destination: null, Reason: null);

    [Fact]
    public async Task A_stock_append_without_the_lock_is_refused_by_the_database()
    {
        await using var workspace = await TestWorkspace.CreateAsync();
        await using var session = workspace.Database.Store.LightweightSession();
        session.Events.StartStream(Guid.NewGuid(), Suppressed);

        var refused = await Should.ThrowAsync<Exception>(() => session.SaveChangesAsync());

        (refused.InnerException as PostgresException)?.SqlState.ShouldBe("AS003", refused.ToString());
        (await workspace.AskAsync<long>("select count(*) from mt_events")).ShouldBe(0);
    }

    [Fact]
    public async Task The_lock_of_another_workspace_does_not_open_this_one()
    {
        await using var workspace = await TestWorkspace.CreateAsync();

        var refused = await Should.ThrowAsync<PostgresException>(() =>
            workspace.ExecuteAsync(
                $"""
                select set_config('audiencesync.append_lock', 'ws_other', true);
                insert into mt_streams (id, version) values ('{Guid.Empty}', 1);
                insert into mt_events (id, stream_id, version, type, data)
                  values ('{Guid.Empty}', '{Guid.Empty}', 1, 'person_suppressed', '{"{}"}');
                """
            )
        );

        refused.SqlState.ShouldBe("AS003");
    }

    [Fact]
    public async Task The_mark_of_the_lock_ends_with_its_transaction()
    {
        await using var workspace = await TestWorkspace.CreateAsync();
        await using var connection = await workspace.Owner.OpenConnectionAsync();
        await using (var begun = new NpgsqlCommand("begin; select append_lock(); commit", connection))
        {
            await begun.ExecuteNonQueryAsync();
        }

        await using var append = new NpgsqlCommand(
            $"""
            insert into mt_streams (id, version) values ('{Guid.Empty}', 1);
            insert into mt_events (id, stream_id, version, type, data)
              values ('{Guid.Empty}', '{Guid.Empty}', 1, 'person_suppressed', '{"{}"}');
            """,
            connection
        );
        (await Should.ThrowAsync<PostgresException>(() => append.ExecuteNonQueryAsync())).SqlState.ShouldBe("AS003");
    }

    [Fact]
    public async Task Stock_appends_through_the_unit_of_work_and_group_commits_have_positions_in_commit_order()
    {
        await using var workspace = await TestWorkspace.CreateAsync([null]);

        var (seen, reads) = await CommitOrderTests.PollWhileAsync(
            workspace.Owner,
            () =>
                Task.WhenAll([
                    .. Enumerable.Range(0, 2).Select(_ => StockAsync(workspace.Database.Store)),
                    .. Enumerable.Range(0, 2).Select(n => CommitOrderTests.AppendAsync(workspace, n)),
                ])
        );

        reads.ShouldBeGreaterThan(20);
        seen.ShouldBe(await workspace.AskAsync<long>("select count(*) from mt_events"));
    }

    [Fact]
    public async Task An_expected_version_that_has_passed_is_a_conflict_and_leaves_nothing()
    {
        await using var workspace = await TestWorkspace.CreateAsync();
        var stream = Guid.NewGuid();
        await using (var first = UnitOfWork.Open(workspace.Database.Store))
        {
            first.Events.StartStream(stream, Suppressed, Suppressed);
            await first.SaveChangesAsync();
        }

        await using var second = UnitOfWork.Open(workspace.Database.Store);
        second.Events.Append(stream, 2, Suppressed);

        await Should.ThrowAsync<ConcurrencyException>(() => second.SaveChangesAsync());
        (await workspace.AskAsync<long>("select count(*) from mt_events")).ShouldBe(2);
    }

    [Fact]
    public async Task A_unit_that_is_not_committed_leaves_nothing_and_frees_the_lock()
    {
        await using var workspace = await TestWorkspace.CreateAsync([null]);
        await using (var unit = await UnitOfWork.BeginAsync(workspace.Database.Store, default))
        {
            unit.Session.Events.StartStream(Guid.NewGuid(), Suppressed);
        }

        await workspace.OpenLog().AppendAsync([TestWebhooks.Request(workspace.Webhooks.Add("e", TestWorkspace.Start, "c"))], default);
        (await workspace.AskAsync<long>("select count(*) from mt_events where type = 'person_suppressed'")).ShouldBe(0);
    }

    internal static async Task StockAsync(IDocumentStore store)
    {
        for (var n = 0; n < StockAppends; n++)
        {
            await using var session = UnitOfWork.Open(store);
            session.Events.StartStream(Guid.NewGuid(), Suppressed, Suppressed);
            await session.SaveChangesAsync();
        }
    }
}

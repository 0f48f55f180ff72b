using AudienceSync.Host.Configuration;
using AudienceSync.Host.Ingest.Bodies;
using AudienceSync.Host.Maintenance;
using AudienceSync.Host.Sync.Runs;
using AudienceSync.Host.Tests.Postgres;
using AudienceSync.Host.Tests.Serving;
using AudienceSync.Host.Tests.Workspaces;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;

namespace AudienceSync.Host.Tests.Maintenance;

public sealed class RetentionTests
{
    private const string Inserts = """
        insert into calls (binding_id, fence, operation, members, outcome, code, http_status, sent_at, latency_ms)
        select 1, 1, 2, 1, 1, 'c' || days, 200, now_at - make_interval(days => days), 5 from unnest(array[9, 11, 19, 31]) as d(days);
        insert into jobs (binding_id, destination, call_id, operation, handle, members, state, code, accepted_at, next_poll_at, ended_at)
        select 1, 'main', c.call_id, 2, 'h', 1, s.state, s.code, now_at, now_at,
          case when s.ended is not null then now_at - make_interval(days => s.ended) end
        from (values ('c11', 2, 'young', 19), ('c31', 1, 'running', null), ('c31', 5, 'parked', 40), ('c9', 3, 'old', 21)) as s(call, state,
          code, ended)
        join calls c on c.code = s.call;
        insert into quarantine (id, source, refused, reason, detail, first_seen_at, last_seen_at, state, key_version, body_bytes, cipher)
        select gen_random_uuid(), s.name, false, 'r', 'd', now_at, now_at - make_interval(days => s.days), s.state, 1, 1, ''
        from (values ('open', 400, 1), ('released young', 29, 2), ('released old', 31, 2), ('discarded old', 31, 3)) as s(name, days,
          state);
        """;

    [Fact]
    public async Task Only_what_ended_and_is_older_than_its_retention_is_removed()
    {
        await using var workspace = await TestWorkspace.CreateAsync();
        await workspace.ExecuteAsync(
            Inserts.Replace("now_at", $"'{workspace.Clock.GetUtcNow():O}'::timestamptz", StringComparison.Ordinal)
        );

        await Tasks(workspace).RemoveEndedAsync(default);

        (await workspace.RowsAsync("select code from jobs order by code")).ShouldBe(["parked", "running", "young"]);
        (await workspace.RowsAsync("select code from calls order by code")).ShouldBe(
            ["c11", "c31", "c9"],
            "one has a job that is not over, one a job that is kept"
        );
        (await workspace.RowsAsync("select source from quarantine order by source")).ShouldBe(["open", "released young"]);

        workspace.Clock.Advance(TimeSpan.FromDays(1_000));
        await Tasks(workspace).RemoveEndedAsync(default);
        (await workspace.RowsAsync("select code from jobs order by code")).ShouldBe(["parked", "running"]);
        (await workspace.RowsAsync("select code from calls")).ShouldBe(["c31"]);
        (await workspace.RowsAsync("select source from quarantine")).ShouldBe(["open"], "what nobody decided may be a removal");
    }

    [Fact]
    public async Task A_job_that_still_has_members_and_a_call_that_an_erasure_may_name_stay()
    {
        await using var workspace = await TestWorkspace.CreateAsync();
        await workspace.ExecuteAsync(
            Inserts.Replace("now_at", $"'{workspace.Clock.GetUtcNow():O}'::timestamptz", StringComparison.Ordinal)
        );
        await workspace.ExecuteAsync(
            $"""
            insert into ledger (binding_id, person, status, revision, normalizer, updated_at, job_id)
            select 1, gen_random_uuid(), 3, 1, 1, now(), job_id from jobs where code = 'old';
            insert into erasures (erasure, state, asked_by, asked_at, deadline, anchors, position, tombstones)
            select gen_random_uuid(), 1, 'ann', '{workspace.Clock.GetUtcNow():O}'::timestamptz - interval '25 days', now(), array[]::uuid[],
              0, 0
            """
        );

        await Tasks(workspace).RemoveEndedAsync(default);

        (await workspace.RowsAsync("select code from jobs order by code")).ShouldBe(["old", "parked", "running", "young"]);
        (await workspace.RowsAsync("select code from calls order by code")).ShouldBe(["c11", "c19", "c31", "c9"]);
    }

    [Fact]
    public async Task A_host_removes_them_by_a_durable_message()
    {
        var database = await PostgresCluster.CreateDatabaseAsync();
        var options = new TestHostOptions { Database = database };
        await using (await TestHost.StartAsync(options))
        {
            // Only makes the tables.
        }

        await ExecuteAsync(database, Inserts.Replace("now_at", $"'{options.Clock.GetUtcNow():O}'::timestamptz", StringComparison.Ordinal));

        await using var host = await TestHost.StartAsync(options);

        await Deadline.UntilAsync(
            async () => await host.ScalarAsync<long>("select count(*) from quarantine") == 2,
            () => string.Join('\n', host.LogLines)
        );
        (await host.ScalarAsync<long>("select count(*) from quarantine where state = 1")).ShouldBe(1);
        (await host.ScalarAsync<long>("select count(*) from audience_sync.wolverine_dead_letters")).ShouldBe(0);
    }

    private static MaintenanceTasks Tasks(TestWorkspace workspace) =>
        new(
            new BodyPartitionStore(workspace.Database, workspace.Clock, NullLogger<BodyPartitionStore>.Instance),
            new DeliveryPartitionStore(workspace.Database, workspace.Clock, NullLogger<DeliveryPartitionStore>.Instance),
            new RetentionStore(workspace.Database) { BatchRows = 1 },
            new RetentionSettings(CallsD: 10, JobsD: 20, QuarantineD: 30),
            workspace.Clock,
            NullLogger<MaintenanceTasks>.Instance
        );

    private static async Task ExecuteAsync(string database, string sql)
    {
        await using var owner = NpgsqlDataSource.Create(
            new NpgsqlConnectionStringBuilder(database) { SearchPath = "ws_default", MaxPoolSize = 1 }.ConnectionString
        );
        await using var command = owner.CreateCommand(sql);
        await command.ExecuteNonQueryAsync();
    }
}

using System.Text.RegularExpressions;
using AudienceSync.Host.Decisions;
using AudienceSync.Host.EventStore;
using AudienceSync.Host.EventStore.Leases;
using AudienceSync.Host.Ingest.Append;
using AudienceSync.Host.Privacy.Keys;
using AudienceSync.Host.Projection;
using AudienceSync.Host.Sync.Accounts;
using AudienceSync.Host.Sync.Holds;
using AudienceSync.Host.Sync.Jobs;
using AudienceSync.Host.Sync.Lanes;
using AudienceSync.Host.Sync.Ledger;
using AudienceSync.Host.Sync.Residuals;
using AudienceSync.Host.Sync.Resyncs;
using AudienceSync.Host.Sync.Runs;
using AudienceSync.Host.Tests.Workspaces;
using Npgsql;

namespace AudienceSync.Host.Tests.EventStore;

/// <summary>
/// The statements of the hot path, explained under the settings they run with, while the tables are empty, growing without statistics,
/// analyzed with a handful of rows, and full. A plan that reads a whole table, or a part of it for each element, costs nothing in a test
/// and everything in a year.
/// </summary>
public sealed partial class HotPlanTests
{
    // By the classes themselves: a class that gets another name must not leave these tests.
    private static readonly string[] HotOwners =
    [
        nameof(AppendSql),
        nameof(LogPageQueries),
        nameof(MembershipStore),
        nameof(PermissionStore),
        nameof(InheritStore),
        nameof(AccountStore),
        nameof(LaneStore),
        nameof(LedgerStore),
        nameof(ResidualStore),
        nameof(JobStore),
        nameof(BudgetStore),
        nameof(LeaseStore),
        nameof(RotationStore),
        nameof(PlanStore),
        nameof(RemovalRangeQueries),
        nameof(RedeliveryStore),
        nameof(HolderStore),
        nameof(RunStore),
        nameof(CallStore),
        nameof(LatencyStore),
        nameof(DecisionQueries),
    ];

    // Their tables are empty here, or never hold more than a handful of rows: for one row the planner makes one pass, whatever the
    // settings.
    private static readonly string[] OfSmallTables =
    [
        "AppendSql.Refused",
        "BudgetStore.ForgetSql",
        "JobStore.NamedSql",
        "LeaseStore.RenewSql",
        "ResidualStore.ForgetSql",
        "ResidualStore.MarkSentSql",
        "AccountStore.HasRemovalsSql",
    ];

    private const string FillSql = """
        insert into people select md5('p' || n)::uuid, '\x00112233445566778899aabbccddeeff', 1, md5('a' || n)::uuid, null, 1, null, null,
          null, now() from generate_series($1, $2) n;
        insert into person_aliases select md5('a' || n)::uuid, 1, md5('p' || n)::uuid, null, null from generate_series($1, $2) n;
        insert into vault select md5('p' || n)::uuid, 1, 1, '\x00', null, null, now() from generate_series($1, $2) n;
        insert into mt_streams (id, type, version) select md5('p' || n)::uuid, 'person', 1 from generate_series($1, $2) n;
        select append_lock();
        insert into mt_events (id, stream_id, version, data, type)
          select md5('e' || n)::uuid, md5('p' || n)::uuid, 1, '{}', 'audience_member_added' from generate_series($1, $2) n;
        insert into membership select k.key_id, md5('p' || n)::uuid, now(), null, 1 + n % 3, now(), now(), n, n
          from generate_series($1, $2) n, audience_keys k;
        insert into delivered_cells select md5('c' || n)::uuid, md5('p' || n)::uuid, 1, 8 from generate_series($1, $2) n;
        insert into ledger select 1, md5('p' || n)::uuid, 2, 1, 1, null, now() from generate_series($1, $2) n;
        """;

    [Fact]
    public async Task No_hot_statement_reads_a_whole_table_whether_empty_growing_or_full()
    {
        await using var workspace = await TestWorkspace.CreateAsync(null, TimeSpan.FromDays(7));
        await ExplainAllAsync(workspace, "empty");
        await FillAsync(workspace, 1, 4);
        await workspace.ExecuteAsync("analyze");
        await ExplainAllAsync(workspace, "hardly used");
        await FillAsync(workspace, 5, 2_000);
        await ExplainAllAsync(workspace, "growing");
        await FillAsync(workspace, 2_001, 60_000);
        await workspace.ExecuteAsync("analyze");
        await ExplainAllAsync(workspace, "full");
    }

    [Fact]
    public async Task A_lane_reads_its_changes_in_their_order_from_the_index_made_for_it()
    {
        await using var workspace = await FilledAsync(50_000);
        await using var connection = await workspace.Database.Hot.OpenConnectionAsync();

        (await ExplainAsync(connection, SqlConstants.All["LaneStore.LaneSql"])).ShouldContain("Index Scan using membership_changed");
        (await ExplainAsync(connection, SqlConstants.All["LogPageQueries.EventsSql"])).ShouldContain(
            "Index Scan using pkey_mt_events_seq_id"
        );
        (await ExplainAsync(connection, SqlConstants.All["MembershipStore.ExpiredSql"])).ShouldContain("Index Scan using membership_until");
        (await ExplainAsync(connection, SqlConstants.All["MembershipStore.PeopleSql"])).ShouldContain(
            "((key_id = k.key_id) AND (person = d.person))"
        );
    }

    [Fact]
    public async Task A_plan_made_for_a_list_of_four_members_looks_up_each_of_thousands_in_the_index()
    {
        await using var workspace = await FilledAsync(4);
        await using var connection = await workspace.Database.Hot.OpenConnectionAsync();

        var plan = await ExplainAsync(connection, SqlConstants.All["LedgerStore.LedgerSql"]);
        plan.ShouldContain("((binding_id = $1) AND (person = d.person))");
        plan.ShouldNotContain("Join Filter");
    }

    [Fact]
    public async Task The_planner_with_default_settings_would_choose_another_plan()
    {
        await using var workspace = await FilledAsync(20);
        await using var connection = await workspace.Database.Query.OpenConnectionAsync();

        Whole()
            .IsMatch(await ExplainAsync(connection, SqlConstants.All["AppendSql.KnownEvents"]))
            .ShouldBeTrue("otherwise the test above proves nothing");
    }

    private static async Task ExplainAllAsync(TestWorkspace workspace, string state)
    {
        await using var connection = await workspace.Database.Hot.OpenConnectionAsync();
        var hot = SqlConstants.All.Where(sql => HotOwners.Contains(OwnerOf(sql.Key), StringComparer.Ordinal)).ToList();
        hot.Select(sql => OwnerOf(sql.Key)).Distinct(StringComparer.Ordinal).ShouldBe(HotOwners, ignoreOrder: true, "each has statements");
        hot.Count.ShouldBeGreaterThan(90);
        foreach (var (name, sql) in hot)
        {
            var plan = await ExplainAsync(connection, sql);
            Whole().IsMatch(plan).ShouldBeFalse($"{name} on a {state} database:\n{plan}");
            (plan.Contains("Join Filter", StringComparison.Ordinal) && !OfSmallTables.Contains(name)).ShouldBeFalse(
                $"{name} on a {state} database:\n{plan}"
            );
        }
    }

    private static string OwnerOf(string name) => name[..name.IndexOf('.', StringComparison.Ordinal)];

    private static async Task<TestWorkspace> FilledAsync(int people)
    {
        var workspace = await TestWorkspace.CreateAsync([null]);
        await FillAsync(workspace, 1, people);
        await workspace.ExecuteAsync("analyze");
        return workspace;
    }

    // The generic plan, as the Hot connections keep it: the values of the parameters do not matter.
    private static async Task<string> ExplainAsync(NpgsqlConnection connection, string sql)
    {
        await ExecuteAsync(connection, $"prepare explained as {sql}");
        await using var count = new NpgsqlCommand(
            "select cardinality(parameter_types) from pg_prepared_statements where name = 'explained'",
            connection
        );
        var nulls = string.Join(", ", Enumerable.Repeat("null", (int)(await count.ExecuteScalarAsync())!));
        var lines = new List<string>();
        await using (var explain = new NpgsqlCommand($"explain execute explained{(nulls.Length == 0 ? "" : $"({nulls})")}", connection))
        await using (var reader = await explain.ExecuteReaderAsync())
        {
            while (await reader.ReadAsync())
            {
                lines.Add(reader.GetString(0));
            }
        }

        await ExecuteAsync(connection, "deallocate explained");
        return string.Join('\n', lines);
    }

    private static Task FillAsync(TestWorkspace workspace, int from, int to) =>
        workspace.ExecuteAsync(FillSql.Replace("$1", $"{from}").Replace("$2", $"{to}"));

    private static async Task ExecuteAsync(NpgsqlConnection connection, string sql)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync();
    }

    [GeneratedRegex(
        @"Seq Scan on (mt_events|mt_streams|people|person_aliases|vault|membership|ledger|residual_deliveries|jobs|budgets|"
            + @"delivered_cells)\s|Hash Join|Merge Join|Materialize|Memoize|Bitmap",
        RegexOptions.ExplicitCapture,
        matchTimeoutMilliseconds: 1000
    )]
    private static partial Regex Whole();
}

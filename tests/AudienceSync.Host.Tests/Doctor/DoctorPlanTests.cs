using AudienceSync.Host.Tests.EventStore;
using AudienceSync.Host.Tests.Workspaces;
using Npgsql;

namespace AudienceSync.Host.Tests.Doctor;

/// <summary>The statements of the doctor over large tables: what they read is a part of fixed size, found by index.</summary>
public sealed class DoctorPlanTests
{
    private static readonly string[] Large = ["mt_events", "membership", "people", "vault", "ledger", "calls", "quarantine"];

    private const string FillSql = """
        insert into people select md5('p' || n)::uuid, '\x00112233445566778899aabbccddeeff', 1, md5('a' || n)::uuid, null, 1,
          md5('m' || n)::uuid, md5('t' || n)::uuid, null, now() from generate_series(1, 50000) n;
        insert into vault select md5('p' || n)::uuid, 1, 1, '\x00', md5('m' || n)::uuid, md5('t' || n)::uuid, now()
          from generate_series(1, 50000) n;
        insert into mt_streams (id, type, version) select md5('p' || n)::uuid, 'person', 1 from generate_series(1, 50000) n;
        select append_lock();
        insert into mt_events (id, stream_id, version, data, type)
          select md5('e' || n)::uuid, md5('p' || n)::uuid, 1, '{"source":"s","audienceKey":"k_v1"}', 'audience_member_added'
          from generate_series(1, 50000) n;
        insert into membership select k.key_id, md5('p' || n)::uuid, now(), null, 1 + n % 3, now(), now(), n, n
          from generate_series(1, 50000) n, audience_keys k;
        insert into quarantine (id, source, refused, reason, detail, first_seen_at, last_seen_at, key_version, body_bytes, cipher)
          select md5('q' || n)::uuid, 's', false, 'test_send', '', now(), now() - interval '1 minute' * n, 1, 1, '\x00'
          from generate_series(1, 50000) n;
        insert into accounts (destination, platform) values ('meta', 'meta') on conflict do nothing;
        insert into bindings (audience, destination, remote, key_id)
          select k.audience, 'meta', 'r' || k.key_id, k.key_id from audience_keys k;
        insert into ledger select b.binding_id, md5('p' || n)::uuid, 2, 1, 1, null, now() from generate_series(1, 50000) n, bindings b;
        insert into calls (binding_id, fence, operation, members, outcome, code, http_status, sent_at, latency_ms)
          select b.binding_id, 1, 1, 1, 1, 'done', 200, now(), 1 from generate_series(1, 50000) n, bindings b;
        """;

    [Theory]
    [InlineData("DoctorSourceQueries.HeldSql", "now(), interval '14 days', 1000")]
    [InlineData("DoctorKeyQueries.KeysSql", "now(), interval '28 days', interval '7 days', 500")]
    [InlineData("DoctorKeyQueries.EventsSql", "500, 'audience_member_added', 'audience_member_removed'")]
    [InlineData("DoctorKeyQueries.SampleSql", "100")]
    [InlineData("DoctorKeyQueries.SilenceSql", "now(), interval '14 days', 100")]
    [InlineData("DoctorBindingQueries.BindingsSql", "now(), array['meta'], array['x'], 500, 100, interval '14 days'")]
    [InlineData("DoctorPeopleQueries.SharedSql", "100, 'audience_member_added', 200, 10")]
    public async Task No_statement_reads_a_whole_table(string name, string arguments)
    {
        await using var workspace = await TestWorkspace.CreateAsync(null, TimeSpan.FromDays(7));
        await workspace.ExecuteAsync(FillSql);
        await workspace.ExecuteAsync("analyze");
        foreach (var mode in new[] { "force_custom_plan", "force_generic_plan" })
        {
            var plan = await ExplainAsync(workspace, name, arguments, mode);
            Large.Where(table => plan.Contains($"Seq Scan on {table} ", StringComparison.Ordinal)).ShouldBeEmpty($"{mode}\n{plan}");
        }
    }

    private static async Task<string> ExplainAsync(TestWorkspace workspace, string name, string arguments, string mode)
    {
        await using var connection = await workspace.Database.Query.OpenConnectionAsync();
        foreach (var sql in new[] { $"set plan_cache_mode = {mode}", $"prepare plan_of_doctor as {SqlConstants.All[name]}" })
        {
            await using var prepare = new NpgsqlCommand(sql, connection);
            await prepare.ExecuteNonQueryAsync();
        }

        var lines = new List<string>();
        await using (var explain = new NpgsqlCommand($"explain execute plan_of_doctor({arguments})", connection))
        await using (var reader = await explain.ExecuteReaderAsync())
        {
            while (await reader.ReadAsync())
            {
                lines.Add(reader.GetString(0));
            }
        }

        await using var reset = new NpgsqlCommand("deallocate plan_of_doctor; reset plan_cache_mode", connection);
        await reset.ExecuteNonQueryAsync();
        return string.Join('\n', lines);
    }
}

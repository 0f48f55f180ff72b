using AudienceSync.Host.Sync;
using AudienceSync.Host.Tests.Workspaces;
using Npgsql;

namespace AudienceSync.Host.Tests.Simulation;

/// <summary>Queries for the state of a run in the tables, and the actions of an operator.</summary>
internal sealed class SimulationQueries(TestWorkspace workspace, VirtualTime clock)
{
    // Members who were removed from the audience, are not held by a job and may be processed: no add may go before their removal.
    private const string PendingSql = """
        select b.remote || ' ' || m.person || ' status ' || l.status || ' at ' || m.changed_pos || ' lane ' || b.removal_pos
          || case when l.redeliver then ' again' else '' end from bindings b
        join accounts a on a.destination = b.destination
        join membership m on m.key_id = b.key_id and m.state <> 1
        join ledger l on l.binding_id = b.binding_id and l.person = m.person and l.status in (1, 2, 3) and l.job_id is null
        where b.destination = $1 and b.stopped_code is null and coalesce(b.removal_next_at <= $2, true)
          and (m.changed_pos > b.removal_pos or l.redeliver)
        """;

    private const string NextSql = """
        select destination, min(t) from (
          select destination, greatest(b.removal_next_at, a.blocked_until) as t from bindings b join accounts a using (destination)
            where b.stopped_code is null and a.stopped_code is null
          union all select destination, greatest(b.add_next_at, a.blocked_until) from bindings b join accounts a using (destination)
            where b.stopped_code is null and a.stopped_code is null
          union all select destination, greatest(j.next_poll_at, a.blocked_until,
            $1 + case when j.next_poll_at <= $1 then interval '1 minute' else interval '0' end)
            from jobs j join accounts a using (destination) where j.state = 1 and a.stopped_code is null
          union all select destination, greatest(r.try_at, b.removal_next_at, a.blocked_until) from residual_deliveries r
            join bindings b using (binding_id) join accounts a using (destination)
            where r.kind <> 1 and b.stopped_code is null and a.stopped_code is null) x
        where t > $1 and t < 'infinity' group by destination
        """;

    /// <summary>Resets everything to the initial state. Much faster than a new database.</summary>
    public static Task EmptyAsync(TestWorkspace workspace) =>
        workspace.ExecuteAsync(
            "truncate people, vault, membership, ledger, residual_deliveries, calls, jobs, budgets, cutovers, "
                + "removal_plans, pauses, resyncs, refreshes, bindings, accounts, leases restart identity cascade"
        );

    public Task<List<string>> PendingRemovalsAsync(string destination, DateTimeOffset dueBy) => AskAsync(PendingSql, destination, dueBy);

    /// <summary>The ledger and the residual deliveries of a remote audience, for the analysis of a failing seed.</summary>
    public Task<List<string>> LedgerAsync(string remote) =>
        AskAsync(
            """
            select l.person || ' status ' || l.status || ' revision ' || l.revision || coalesce(' ' || l.reason,
              '') || case when l.job_id is null then '' else ' in job' end
                || case when l.redeliver then ' again' else '' end || coalesce(' residual ' || r.what, '')
            from bindings b join ledger l using (binding_id)
            left join lateral (select string_agg(r.revision || ' kind ' || r.kind || ' at ' || r.try_at, ', ') as what
              from residual_deliveries r
              where r.binding_id = l.binding_id and r.person = l.person) r on true
            where b.remote = $1 order by l.person
            """,
            remote
        );

    /// <summary>The next due time of each account that has waiting work.</summary>
    public async Task<Dictionary<string, DateTimeOffset>> NextTimesAsync()
    {
        var times = new Dictionary<string, DateTimeOffset>(StringComparer.Ordinal);
        await using var command = workspace.Owner.CreateCommand(NextSql);
        command.Parameters.Add(new NpgsqlParameter { Value = clock.GetUtcNow() });
        await using var reader = await command.ExecuteReaderAsync();
        while (await reader.ReadAsync())
        {
            times.Add(reader.GetString(0), reader.GetFieldValue<DateTimeOffset>(1));
        }

        return times;
    }

    /// <summary>An operator resumes what stopped.</summary>
    public async Task ResumeAsync()
    {
        foreach (
            var destination in await AskAsync(
                "select distinct a.destination from accounts a left join bindings b using (destination) where "
                    + "a.stopped_code is not null or b.stopped_code is not null"
            )
        )
        {
            await new BindingStore(workspace.Database).ResumeAsync(destination, default);
        }
    }

    /// <summary>An operator retries everything that was refused or stays in doubt.</summary>
    public async Task RetryAsync()
    {
        foreach (var destination in SimulatedPlatforms.Names)
        {
            await new BindingStore(workspace.Database).RetryRefusedAsync(destination, default);
        }
    }

    private async Task<List<string>> AskAsync(string sql, params object[] values)
    {
        var rows = new List<string>();
        await using var command = workspace.Owner.CreateCommand(sql);
        command.Parameters.AddRange(values.Select(value => new NpgsqlParameter { Value = value }).ToArray());
        await using var reader = await command.ExecuteReaderAsync();
        while (await reader.ReadAsync())
        {
            rows.Add(reader.GetString(0));
        }

        return rows;
    }
}

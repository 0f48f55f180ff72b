using AudienceSync.Host.EventStore;

namespace AudienceSync.Host.Sync.Resyncs;

/// <summary>What a resync of a remote audience would send.</summary>
/// <param name="BindingId">The binding.</param>
/// <param name="Remote">The remote audience.</param>
/// <param name="Key">The key that feeds it.</param>
/// <param name="Adds">Members that should be present, and would be added again.</param>
/// <param name="Removals">Former members, which would be removed again.</param>
public sealed record ResyncPlan(int BindingId, string Remote, string Key, long Adds, long Removals);

/// <summary>A resync as shown to operators.</summary>
/// <param name="Resync">Its number.</param>
/// <param name="Destination">The ad account.</param>
/// <param name="Remote">The remote audience.</param>
/// <param name="By">Who requested it.</param>
/// <param name="Why">The reason.</param>
/// <param name="At">When it was requested.</param>
/// <param name="Planned">Members to be resent, as counted at that time.</param>
/// <param name="Sent">How many of them have been resent.</param>
/// <param name="State"><c>running</c>, <c>finished</c>, <c>canceled</c>.</param>
/// <param name="FinishedAt">When it ended.</param>
public sealed record ResyncView(
    long Resync,
    string Destination,
    string Remote,
    string By,
    string? Why,
    DateTimeOffset At,
    long Planned,
    long Sent,
    string State,
    DateTimeOffset? FinishedAt
);

/// <summary>Plans, starts, shows and cancels resyncs. The lanes that execute them read them from the table.</summary>
public sealed class ResyncQueries(WorkspaceDatabase database)
{
    // The same conditions as in RedeliveryStore.
    private const string PlanSql = $"""
        select b.binding_id, b.remote, k.audience_key, count(*) filter (where l.status in (1, 2) and m.person is not null),
          count(*) filter (where l.status in (0, 3))
        from bindings b join audience_keys k on k.key_id = b.key_id
        left join ledger l on l.binding_id = b.binding_id and l.job_id is null
        left join membership m on m.key_id = b.key_id and m.person = l.person and {TargetingSql.Anywhere}
        where b.destination = $1 and ($2::text is null or b.remote = $2) and b.bound
        group by b.binding_id, k.key_id order by b.binding_id
        """;

    private const string BeginSql = """
        insert into resyncs (binding_id, asked_by, why, asked_at, planned) select d.binding_id, $3, $4, $5, d.planned
          from unnest($1::int[], $2::bigint[]) as d(binding_id, planned)
        on conflict (binding_id) where finished_at is null do nothing
        """;

    private const string CancelSql = """
        update resyncs r set finished_at = $3, canceled = true from bindings b
        where b.binding_id = r.binding_id and b.destination = $1 and ($2::text is null or b.remote = $2) and r.finished_at is null
        """;

    private const string ListSql = """
        select r.resync_id, b.destination, b.remote, r.asked_by, r.why, r.asked_at, r.planned,
          greatest(0, r.marked - case when r.finished_at is null then (select count(*) from ledger l where l.binding_id = r.binding_id
            and l.redeliver) else 0 end),
          case when r.canceled then 'canceled' when r.finished_at is null then 'running' else 'finished' end, r.finished_at
        from resyncs r join bindings b on b.binding_id = r.binding_id order by r.resync_id desc limit 50
        """;

    public async Task<List<ResyncPlan>> PlanAsync(string destination, string? remote, CancellationToken cancellationToken)
    {
        var plans = new List<ResyncPlan>();
        await using var command = Sql.Command(database.Query, PlanSql, Sql.Of(destination), Sql.OfNullable(remote));
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            plans.Add(new ResyncPlan(reader.GetInt32(0), reader.GetString(1), reader.GetString(2), reader.GetInt64(3), reader.GetInt64(4)));
        }

        return plans;
    }

    /// <summary>Requests resyncs. A remote audience with a running resync keeps that one.</summary>
    public async Task BeginAsync(
        IReadOnlyList<ResyncPlan> plans,
        string by,
        string? why,
        DateTimeOffset now,
        CancellationToken cancellationToken
    )
    {
        await using var command = Sql.Command(
            database.Query,
            BeginSql,
            Sql.Of(plans.Select(plan => plan.BindingId).ToList()),
            Sql.Of(plans.Select(plan => plan.Adds + plan.Removals).ToList()),
            Sql.Of(by),
            Sql.OfNullable(why),
            Sql.Of(now)
        );
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <returns>How many were running.</returns>
    public async Task<int> CancelAsync(string destination, string? remote, DateTimeOffset now, CancellationToken cancellationToken)
    {
        await using var command = Sql.Command(database.Query, CancelSql, Sql.Of(destination), Sql.OfNullable(remote), Sql.Of(now));
        return await command.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>The last fifty, latest first.</summary>
    public async Task<IReadOnlyList<ResyncView>> ReadAsync(CancellationToken cancellationToken)
    {
        var resyncs = new List<ResyncView>();
        await using var command = Sql.Command(database.Query, ListSql);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            resyncs.Add(
                new ResyncView(
                    reader.GetInt64(0),
                    reader.GetString(1),
                    reader.GetString(2),
                    reader.GetString(3),
                    reader.TextOrNull(4),
                    reader.GetFieldValue<DateTimeOffset>(5),
                    reader.GetInt64(6),
                    reader.GetInt64(7),
                    reader.GetString(8),
                    reader.TimeOrNull(9)
                )
            );
        }

        return resyncs;
    }
}

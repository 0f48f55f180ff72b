using AudienceSync.Host.EventStore;

namespace AudienceSync.Host.Sync.Holds;

/// <summary>A pause as shown to operators.</summary>
/// <param name="Destination">The ad account.</param>
/// <param name="Remote">One remote audience of it; null for the whole account.</param>
/// <param name="By">The author.</param>
/// <param name="Why">The reason.</param>
/// <param name="At">Since when.</param>
/// <param name="WaitingRemovals">Members that should have been removed from these remote audiences by now and are not, because of the
/// pause.</param>
public sealed record PauseView(string Destination, string? Remote, string By, string? Why, DateTimeOffset At, long WaitingRemovals);

/// <summary>A plan of removals as shown to operators.</summary>
/// <param name="Plan">The number by which it is approved.</param>
/// <param name="Destination">The ad account.</param>
/// <param name="Remote">The remote audience.</param>
/// <param name="Key">What feeds it.</param>
/// <param name="Kind"><c>removals</c>, or <c>switch</c> of the key.</param>
/// <param name="Removals">Members it would remove, as counted.</param>
/// <param name="Members">Members of the remote audience at that time.</param>
/// <param name="Removed">How many of them have been removed.</param>
/// <param name="State"><c>waiting</c>, <c>approved</c>, <c>lapsed</c>: an approval that expired before the plan was executed.</param>
/// <param name="HeldAt">Since when.</param>
/// <param name="ApprovedBy">Who approved it.</param>
/// <param name="ApprovedUntil">Until when the approval is valid.</param>
public sealed record PlanView(
    long Plan,
    string Destination,
    string Remote,
    string Key,
    string Kind,
    long Removals,
    long Members,
    long Removed,
    string State,
    DateTimeOffset HeldAt,
    string? ApprovedBy,
    DateTimeOffset? ApprovedUntil
);

/// <summary>What operators have paused, and what waits for their approval.</summary>
public sealed class HoldQueries(WorkspaceDatabase database)
{
    private const string PausesSql = $"""
        select p.destination, p.remote, p.paused_by, p.why, p.paused_at, coalesce(w.waiting, 0)::bigint
        from pauses p
        left join lateral (
          select sum(c.waiting) as waiting from bindings b
          cross join lateral (
            select count(*) as waiting from membership m
            join ledger l on l.binding_id = b.binding_id and l.person = m.person and l.status {TargetingSql.MayBeThere}
            where m.key_id = b.key_id and m.state {TargetingSql.Untargetable} and m.changed_pos > b.removal_pos) c
          where b.destination = p.destination and b.bound and (p.remote is null or p.remote = b.remote)) w on true
        where p.resumed_at is null order by p.destination, p.remote nulls first
        """;

    private const string PlansSql = """
        select p.plan_id, b.destination, b.remote, k.audience_key, case when p.cutover_id is null then 'removals' else 'switch' end,
          p.removals, p.members,
          p.removed + coalesce((select c.removed from cutovers c where c.cutover_id = p.cutover_id), 0),
          case when p.approved_until is null then 'waiting' when p.approved_until > $1 then 'approved' else 'lapsed' end, p.held_at,
            p.approved_by, p.approved_until
        from removal_plans p join bindings b on b.binding_id = p.binding_id join audience_keys k on k.key_id = p.key_id
        where p.ended_at is null order by p.plan_id
        """;

    public async Task<IReadOnlyList<PauseView>> ReadPausesAsync(CancellationToken cancellationToken)
    {
        var pauses = new List<PauseView>();
        await using var command = Sql.Command(database.Query, PausesSql);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            pauses.Add(
                new PauseView(
                    reader.GetString(0),
                    reader.TextOrNull(1),
                    reader.GetString(2),
                    reader.TextOrNull(3),
                    reader.GetFieldValue<DateTimeOffset>(4),
                    reader.GetInt64(5)
                )
            );
        }

        return pauses;
    }

    public async Task<IReadOnlyList<PlanView>> ReadPlansAsync(DateTimeOffset now, CancellationToken cancellationToken)
    {
        var plans = new List<PlanView>();
        await using var command = Sql.Command(database.Query, PlansSql, Sql.Of(now));
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            plans.Add(
                new PlanView(
                    reader.GetInt64(0),
                    reader.GetString(1),
                    reader.GetString(2),
                    reader.GetString(3),
                    reader.GetString(4),
                    reader.GetInt64(5),
                    reader.GetInt64(6),
                    reader.GetInt64(7),
                    reader.GetString(8),
                    reader.GetFieldValue<DateTimeOffset>(9),
                    reader.TextOrNull(10),
                    reader.TimeOrNull(11)
                )
            );
        }

        return plans;
    }
}

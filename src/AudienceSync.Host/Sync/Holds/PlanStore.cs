using AudienceSync.Host.EventStore;
using AudienceSync.Host.EventStore.Leases;
using Npgsql;

namespace AudienceSync.Host.Sync.Holds;

/// <summary>
/// Plans of removals that wait, or waited, for an operator. What a plan is, and why holding it back loses no removal, is explained at
/// <see cref="PlanGuard"/>.
/// </summary>
public sealed class PlanStore(WorkspaceDatabase database)
{
    private const string OpenSql = """
        select p.plan_id, p.cutover_id, p.after_pos, p.upto_pos, p.sifted_to, p.done_to, p.approved_until,
          p.key_id = b.key_id and (p.cutover_id is null or exists (select from cutovers c where c.cutover_id = p.cutover_id
            and c.finished_at is null))
        from removal_plans p join bindings b on b.binding_id = p.binding_id where p.binding_id = $1 and p.ended_at is null
          order by p.plan_id
        """;

    // Only from the position it was counted from, under the key it was counted for; the lane goes on behind it.
    private const string HoldSql = """
        insert into removal_plans (binding_id, key_id, cutover_id, after_pos, upto_pos, removals, members, sifted_to, done_to, held_at)
        select b.binding_id, b.key_id, $3, $4, $5, $6, $7, $4, $4, $8 from bindings b
        where b.binding_id = $1 and b.key_id = $2 and ($3::bigint is not null or b.removal_pos = $4)
        on conflict (cutover_id) do nothing
        """;

    private const string PassSql = "update bindings set removal_pos = $4 where binding_id = $1 and key_id = $2 and removal_pos = $3";

    private const string SiftedSql = "update removal_plans set sifted_to = $2 where plan_id = $1";

    private const string DoneSql = "update removal_plans set done_to = $2, removed = removed + $3 where plan_id = $1";

    private const string ReleaseSql = """
        update removal_plans set approved_by = 'removal guard', approved_why = 'not too many any more', approved_at = $2,
          approved_until = $3 where plan_id = $1
        """;

    private const string EndSql = "update removal_plans set ended_at = $2, ended = $3 where plan_id = $1 and ended_at is null";

    /// <summary>The plans of a binding that have not ended, oldest first.</summary>
    public async Task<List<RemovalPlan>> ReadOpenAsync(int bindingId, CancellationToken cancellationToken)
    {
        var plans = new List<RemovalPlan>();
        await using var command = Sql.Command(database.Hot, OpenSql, Sql.Of(bindingId));
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            plans.Add(
                new RemovalPlan(
                    reader.GetInt64(0),
                    reader.IsDBNull(1) ? null : reader.GetInt64(1),
                    reader.GetInt64(2),
                    reader.GetInt64(3),
                    reader.GetInt64(4),
                    reader.GetInt64(5),
                    reader.TimeOrNull(6),
                    reader.GetBoolean(7)
                )
            );
        }

        return plans;
    }

    /// <summary>Sets removals aside: the plan is written, and the lane goes on behind it.</summary>
    /// <exception cref="LeaseLostException">The account's lease is held by another host.</exception>
    public Task HoldAsync(
        Lease lease,
        Binding binding,
        long? cutoverId,
        long upto,
        (long Removals, long Members) counted,
        DateTimeOffset now,
        CancellationToken cancellationToken
    )
    {
        var after = cutoverId is null ? binding.RemovalPos : 0;
        List<NpgsqlBatchCommand> commands =
        [
            Sql.Command(
                HoldSql,
                Sql.Of(binding.BindingId),
                Sql.Of(binding.KeyId),
                Sql.OfNullable(cutoverId),
                Sql.Of(after),
                Sql.Of(upto),
                Sql.Of(counted.Removals),
                Sql.Of(counted.Members),
                Sql.Of(now)
            ),
        ];
        if (cutoverId is null)
        {
            commands.Add(Sql.Command(PassSql, Sql.Of(binding.BindingId), Sql.Of(binding.KeyId), Sql.Of(after), Sql.Of(upto)));
        }

        return WriteAsync(lease, commands, cancellationToken);
    }

    /// <exception cref="LeaseLostException">The account's lease is held by another host.</exception>
    public Task WriteSiftedAsync(Lease lease, RemovalPlan plan, PlanPage piece, CancellationToken cancellationToken) =>
        WriteAsync(lease, [Sql.Command(SiftedSql, Sql.Of(plan.PlanId), Sql.Of(piece.Place))], cancellationToken);

    /// <exception cref="LeaseLostException">The account's lease is held by another host.</exception>
    public Task WriteDoneAsync(Lease lease, RemovalPlan plan, PlanPage piece, CancellationToken cancellationToken) =>
        WriteAsync(
            lease,
            [Sql.Command(DoneSql, Sql.Of(plan.PlanId), Sql.Of(piece.Place), Sql.Of((long)piece.ToRemove.Count))],
            cancellationToken
        );

    /// <summary>After being counted again, the plan may pass.</summary>
    /// <exception cref="LeaseLostException">The account's lease is held by another host.</exception>
    public Task ReleaseAsync(
        Lease lease,
        RemovalPlan plan,
        DateTimeOffset now,
        DateTimeOffset until,
        CancellationToken cancellationToken
    ) => WriteAsync(lease, [Sql.Command(ReleaseSql, Sql.Of(plan.PlanId), Sql.Of(now), Sql.Of(until))], cancellationToken);

    /// <summary>Ends a plan: <c>done</c>, <c>below</c> or <c>superseded</c>.</summary>
    /// <exception cref="LeaseLostException">The account's lease is held by another host.</exception>
    public Task EndAsync(Lease lease, RemovalPlan plan, string how, DateTimeOffset now, CancellationToken cancellationToken) =>
        WriteAsync(lease, [Sql.Command(EndSql, Sql.Of(plan.PlanId), Sql.Of(now), Sql.Of(how))], cancellationToken);

    private async Task WriteAsync(Lease lease, IReadOnlyList<NpgsqlBatchCommand> commands, CancellationToken cancellationToken)
    {
        await using var connection = await database.Hot.OpenConnectionAsync(cancellationToken);
        await LeaseStore.WriteAsync(connection, lease, commands, cancellationToken);
    }
}

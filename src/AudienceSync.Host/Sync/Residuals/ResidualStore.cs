using AudienceSync.Domain.Identity;
using AudienceSync.Domain.Syncing;
using AudienceSync.Host.EventStore;
using AudienceSync.Host.Sync.Ledger;
using Npgsql;

namespace AudienceSync.Host.Sync.Residuals;

/// <summary>
/// What may be at a platform in addition to the ledger. Written only in the transaction of the intent or outcome that it follows from.
/// </summary>
public sealed class ResidualStore(WorkspaceDatabase database)
{
    private const string DueSql = """
        select r.person, r.revision, r.normalizer, r.kind, coalesce(l.status, 0::smallint), coalesce(l.revision, 0),
          coalesce(l.normalizer, 0::smallint), l.job_id is not null, r.sent_at,
          r.omitted, coalesce(l.omitted, 0::smallint)
        from residual_deliveries r left join ledger l on l.binding_id = r.binding_id and l.person = r.person
        where r.binding_id = $1 and r.try_at <= $2 order by r.try_at, r.person, r.revision, r.normalizer, r.kind limit $3
        """;

    private const string KeepSql = $"""
        insert into residual_deliveries (binding_id, person, revision, normalizer, kind, reason, try_at, sent_at, omitted)
        select $1, d.person, d.revision, d.normalizer, d.kind, d.reason, d.try_at, d.sent_at, d.omitted
        from unnest($2::uuid[], $3::int[], $4::smallint[], $5::smallint[], $6::text[], $7::timestamptz[], $8::timestamptz[], $9::smallint[])
          as d(person, revision, normalizer, kind, reason, try_at, sent_at, omitted)
        on conflict (binding_id, person, revision, normalizer, kind) do update set reason = excluded.reason, try_at = excluded.try_at,
          sent_at = excluded.sent_at,
          omitted = residual_deliveries.omitted & excluded.omitted
        """;

    private const string MarkSentSql = """
        update residual_deliveries r set sent_at = $6
        from (select * from unnest($2::uuid[], $3::int[], $4::smallint[], $5::smallint[]) limit cardinality($2)) as d(person, revision,
          normalizer, kind)
        where r.binding_id = $1 and r.person = d.person and r.revision = d.revision and r.normalizer = d.normalizer and r.kind = d.kind
        """;

    private const string ForgetSql = """
        delete from residual_deliveries r
        using (select * from unnest($2::uuid[], $3::int[], $4::smallint[], $5::smallint[]) limit cardinality($2)) as d(person, revision,
          normalizer, kind)
        where r.binding_id = $1 and r.person = d.person and r.revision = d.revision and r.normalizer = d.normalizer and r.kind = d.kind
        """;

    /// <summary>The residual deliveries that are due.</summary>
    public async Task<List<ResidualDelivery>> ReadDueAsync(
        Binding binding,
        DateTimeOffset now,
        int limit,
        CancellationToken cancellationToken
    )
    {
        var due = new List<ResidualDelivery>();
        await using var command = Sql.Command(database.Hot, DueSql, Sql.Of(binding.BindingId), Sql.Of(now), Sql.Of(limit));
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            due.Add(
                new ResidualDelivery(
                    new PersonId(reader.GetGuid(0)),
                    reader.Delivery(LedgerStatus.Removing, revision: 1, omitted: 9),
                    (ResidualKind)reader.GetInt16(3),
                    reader.Entry(status: 4, omitted: 10),
                    reader.GetBoolean(7)
                )
                {
                    SentAt = reader.TimeOrNull(8),
                }
            );
        }

        return due;
    }

    /// <summary>
    /// To be run in a transaction that holds the account's lease. A delivery may occur twice, for it may be residual for two reasons and be
    /// lost with both: it is stored once.
    /// </summary>
    internal static IEnumerable<NpgsqlBatchCommand> Write(Binding binding, IReadOnlyList<ResidualChange> changes, DateTimeOffset now)
    {
        var gone = changes.Where(change => change.Rest is null).ToList();
        if (gone.Count > 0)
        {
            yield return Sql.Command(ForgetSql, Keys(binding, gone));
        }

        var kept = changes
            .Where(change => change.Rest is not null)
            .DistinctBy(change => (change.Person, change.Left.Revision, change.Left.Normalizer, change.Kind))
            .ToList();
        if (kept.Count > 0)
        {
            yield return Sql.Command(
                KeepSql,
                [
                    .. Keys(binding, kept),
                    Sql.Of(kept.ConvertAll(change => change.Reason)),
                    Sql.OfTimes(kept.ConvertAll(change => (now + change.Rest!.Value).UtcDateTime)),
                    Sql.OfTimes(kept.ConvertAll(change => change.SentAt?.UtcDateTime)),
                    Sql.Of(kept.ConvertAll(change => (short)change.Left.Omitted)),
                ]
            );
        }
    }

    /// <summary>As above: their removal is about to be sent.</summary>
    internal static NpgsqlBatchCommand MarkSent(Binding binding, List<ResidualChange> sent, DateTimeOffset now) =>
        Sql.Command(MarkSentSql, [.. Keys(binding, sent), Sql.Of(now)]);

    private static NpgsqlParameter[] Keys(Binding binding, List<ResidualChange> changes) =>
        [
            Sql.Of(binding.BindingId),
            Sql.Of(changes.ConvertAll(change => change.Person.Value)),
            Sql.Of(changes.ConvertAll(change => change.Left.Revision)),
            Sql.Of(changes.ConvertAll(change => change.Left.Normalizer.Value)),
            Sql.Of(changes.ConvertAll(change => (short)change.Kind)),
        ];
}

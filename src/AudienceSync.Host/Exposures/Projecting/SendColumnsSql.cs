using AudienceSync.Domain.Exposures;
using AudienceSync.Host.EventStore;
using Npgsql;

namespace AudienceSync.Host.Exposures.Projecting;

/// <summary>What was delivered of spells by column, as the array upsert takes it.</summary>
internal static class SendColumnsSql
{
    private const string UpsertSql = """
        insert into exposure_sends (spell_id, binding_id, sent_at, acknowledged_at, removed_at, removed_acknowledged_at)
        select d.* from unnest($1::bigint[], $2::int[], $3::timestamptz[], $4::timestamptz[], $5::timestamptz[], $6::timestamptz[]) as d
        on conflict (spell_id, binding_id) do update set sent_at = excluded.sent_at, acknowledged_at = excluded.acknowledged_at,
          removed_at = excluded.removed_at, removed_acknowledged_at = excluded.removed_acknowledged_at
        """;

    public static NpgsqlBatchCommand Write(IReadOnlyCollection<ExposureSend> sends) =>
        Sql.Command(
            UpsertSql,
            Sql.Of(sends.Select(send => send.SpellId).ToList()),
            Sql.Of(sends.Select(send => send.BindingId).ToList()),
            Sql.OfTimes(sends.Select(send => send.SentAt?.UtcDateTime).ToList()),
            Sql.OfTimes(sends.Select(send => send.AcknowledgedAt?.UtcDateTime).ToList()),
            Sql.OfTimes(sends.Select(send => send.RemovedAt?.UtcDateTime).ToList()),
            Sql.OfTimes(sends.Select(send => send.RemovedAcknowledgedAt?.UtcDateTime).ToList())
        );
}

using AudienceSync.Domain.Audiences;
using AudienceSync.Domain.Events;
using Npgsql;

namespace AudienceSync.Host.EventStore.Registry;

/// <summary>The statements that open and close the period in which a version drains, in the transaction of the registry's event.</summary>
internal static class DrainRows
{
    private const string BeginSql = """
        insert into drains (key_id, policy, since_pos, since_at)
        select k.key_id, $2, (select e.seq_id from mt_events e where e.id = $3), $4 from audience_keys k where k.audience_key = $1
        on conflict (key_id) where until_pos is null do update set policy = excluded.policy
        """;

    private const string EndSql = """
        update drains d set until_pos = (select e.seq_id from mt_events e where e.id = $2), until_at = $3 from audience_keys k
        where k.audience_key = $1 and d.key_id = k.key_id and d.until_pos is null
        """;

    internal static NpgsqlBatchCommand Begin(AudienceKey key, LateEvents policy, EventId by, DateTimeOffset at) =>
        Sql.Command(BeginSql, Sql.Of(key.Value), Sql.Of((short)policy), Sql.Of(by.Value), Sql.Of(at));

    internal static NpgsqlBatchCommand End(AudienceKey key, EventId by, DateTimeOffset at) =>
        Sql.Command(EndSql, Sql.Of(key.Value), Sql.Of(by.Value), Sql.Of(at));
}

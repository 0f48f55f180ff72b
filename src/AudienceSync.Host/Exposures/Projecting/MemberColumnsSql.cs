using AudienceSync.Domain.Exposures;
using AudienceSync.Host.EventStore;
using Npgsql;

namespace AudienceSync.Host.Exposures.Projecting;

/// <summary>Folded memberships by column, as the array upsert takes them.</summary>
internal static class MemberColumnsSql
{
    private const string UpsertSql = """
        insert into exposure_members (person, key_id, added_at, removed_at, open, until_at, spell_id)
        select d.* from unnest($1::uuid[], $2::int[], $3::timestamptz[], $4::timestamptz[], $5::boolean[], $6::timestamptz[], $7::bigint[])
          as d
        on conflict (person, key_id) do update set added_at = excluded.added_at, removed_at = excluded.removed_at, open = excluded.open,
          until_at = excluded.until_at, spell_id = excluded.spell_id
        """;

    public static NpgsqlBatchCommand Write(IReadOnlyCollection<ExposureMember> members) =>
        Sql.Command(
            UpsertSql,
            Sql.Of(members.Select(member => member.Id.Person.Value).ToList()),
            Sql.Of(members.Select(member => member.Id.KeyId).ToList()),
            Sql.OfTimes(members.Select(member => member.State.AddedAt?.UtcDateTime).ToList()),
            Sql.OfTimes(members.Select(member => member.State.RemovedAt?.UtcDateTime).ToList()),
            Sql.Of(members.Select(member => member.IsOpen).ToList()),
            Sql.OfTimes(members.Select(member => member.Until?.UtcDateTime).ToList()),
            Sql.Of(members.Select(member => member.Spell?.Id).ToList())
        );
}

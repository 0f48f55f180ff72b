using AudienceSync.Host.EventStore;
using Npgsql;

namespace AudienceSync.Host.Exposures.Projecting;

/// <summary>Spells by column, as the array upsert takes them. What began stays as it was; a spell only ends.</summary>
internal static class SpellColumnsSql
{
    private const string UpsertSql = """
        insert into exposure_periods (spell_id, person_key, key_id, experiment, arm, eligible_from, opened_at, eligible_to, closed_at,
          end_reason)
        select d.* from unnest($1::bigint[], $2::uuid[], $3::int[], $4::text[], $5::smallint[], $6::timestamptz[], $7::timestamptz[],
          $8::timestamptz[], $9::timestamptz[], $10::text[]) as d
        on conflict (spell_id) do update set experiment = excluded.experiment, arm = excluded.arm, eligible_to = excluded.eligible_to,
          closed_at = excluded.closed_at, end_reason = excluded.end_reason
        """;

    public static NpgsqlBatchCommand Write(ExposurePage page)
    {
        var spells = page.Spells;
        return Sql.Command(
            UpsertSql,
            Sql.Of(spells.Select(spell => spell.Id).ToList()),
            Sql.Of(spells.Select(spell => page.Tokens[spell.Person]).ToList()),
            Sql.Of(spells.Select(spell => spell.KeyId).ToList()),
            Sql.Of(spells.Select(spell => spell.Experiment).ToList()),
            Sql.Of(spells.Select(spell => (short)spell.Arm).ToList()),
            Sql.OfTimes(spells.Select(spell => (DateTime?)spell.From.UtcDateTime).ToList()),
            Sql.OfTimes(spells.Select(spell => (DateTime?)spell.OpenedAt.UtcDateTime).ToList()),
            Sql.OfTimes(spells.Select(spell => spell.To?.UtcDateTime).ToList()),
            Sql.OfTimes(spells.Select(spell => spell.ClosedAt?.UtcDateTime).ToList()),
            Sql.Of(spells.Select(spell => spell.EndReason).ToList())
        );
    }
}

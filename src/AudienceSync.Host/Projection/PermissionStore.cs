using System.Text.Json;
using AudienceSync.Domain.Events;
using AudienceSync.Domain.Identity;
using AudienceSync.Domain.Permission;
using AudienceSync.Host.EventStore;
using Npgsql;
using NpgsqlTypes;

namespace AudienceSync.Host.Projection;

/// <summary>The permissions of each anchor. Written only by the projector, in the transaction of its page.</summary>
public sealed class PermissionStore(WorkspaceDatabase database)
{
    private const string AnySql = "select exists (select from person_permissions)";

    private const string ReadSql = """
        select p.person, p.user_data_yes, p.user_data_no, p.personalization_yes, p.personalization_no, p.lifted_at, p.suppressed_at,
          p.erasing_at,
          p.destinations::text, p.exact
        from unnest($1::uuid[]) as d(person) cross join lateral (select r.* from person_permissions r where r.person = d.person limit 1) p
        """;

    private const string HistorySql = """
        select e.stream_id, e.type, e.data from (select * from unnest($1::uuid[]) limit cardinality($1)) as d(person)
          join mt_events e on e.stream_id = d.person
        where e.seq_id <= $2
        """;

    private const string UpsertSql = """
        insert into person_permissions (person, user_data_yes, user_data_no, personalization_yes, personalization_no, lifted_at,
          suppressed_at, erasing_at,
          destinations, exact)
        select d.person, d.a, d.b, d.c, d.d, d.e, d.f, d.g, d.destinations::jsonb, d.exact
        from unnest($1::uuid[], $2::timestamptz[], $3::timestamptz[], $4::timestamptz[], $5::timestamptz[], $6::timestamptz[],
          $7::timestamptz[],
          $8::timestamptz[], $9::text[], $10::boolean[]) as d(person, a, b, c, d, e, f, g, destinations, exact)
        on conflict (person) do update set user_data_yes = excluded.user_data_yes, user_data_no = excluded.user_data_no,
          personalization_yes = excluded.personalization_yes, personalization_no = excluded.personalization_no,
            lifted_at = excluded.lifted_at,
          suppressed_at = excluded.suppressed_at, erasing_at = excluded.erasing_at, destinations = excluded.destinations,
            exact = excluded.exact
        """;

    /// <summary>Whether any permissions are stored.</summary>
    public async Task<bool> AnyAsync(CancellationToken cancellationToken)
    {
        await using var command = Sql.Command(database.Hot, AnySql);
        return (bool)(await command.ExecuteScalarAsync(cancellationToken))!;
    }

    public async Task<Dictionary<PersonId, Permissions>> ReadAsync(List<Guid> people, CancellationToken cancellationToken)
    {
        var rows = new Dictionary<PersonId, Permissions>(people.Count);
        await using var command = Sql.Command(database.Hot, ReadSql, Sql.Of(people));
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            var permissions = new Permissions
            {
                UserData = new YesNo(reader.TimeOrNull(1), reader.TimeOrNull(2)),
                Personalization = new YesNo(reader.TimeOrNull(3), reader.TimeOrNull(4)),
                Targeting = new YesNo(reader.TimeOrNull(5), reader.TimeOrNull(6)),
                ErasingAt = reader.TimeOrNull(7),
                Exact = reader.GetBoolean(9),
            };
            rows[new PersonId(reader.GetGuid(0))] = reader.TextOrNull(8) is { } json
                ? permissions with
                {
                    TargetingAt = Destinations(json),
                }
                : permissions;
        }

        return rows;
    }

    /// <summary>All permission facts in the streams of these people, up to a position.</summary>
    public async Task<Dictionary<PersonId, List<PermissionFact>>> ReadHistoryAsync(
        List<Guid> people,
        Position last,
        CancellationToken cancellationToken
    )
    {
        var facts = people.ToDictionary(person => new PersonId(person), _ => new List<PermissionFact>());
        await using var command = Sql.Command(database.Hot, HistorySql, Sql.Of(people), Sql.Of(last.Value));
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            PermissionFact.Read(reader.GetString(1), reader.GetFieldValue<byte[]>(2), facts[new PersonId(reader.GetGuid(0))]);
        }

        return facts;
    }

    internal static NpgsqlBatchCommand Upsert(IReadOnlyDictionary<PersonId, Permissions> rows)
    {
        var written = rows.Values.ToList();
        return Sql.Command(
            UpsertSql,
            Sql.Of(rows.Keys.Select(person => person.Value).ToList()),
            Times(written, p => p.UserData.YesAt),
            Times(written, p => p.UserData.NoAt),
            Times(written, p => p.Personalization.YesAt),
            Times(written, p => p.Personalization.NoAt),
            Times(written, p => p.Targeting.YesAt),
            Times(written, p => p.Targeting.NoAt),
            Times(written, p => p.ErasingAt),
            new NpgsqlParameter<List<string?>>
            {
                TypedValue = written.ConvertAll(Json),
                NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text,
            },
            Sql.Of(written.ConvertAll(p => p.Exact))
        );
    }

    private static NpgsqlParameter Times(List<Permissions> all, Func<Permissions, DateTimeOffset?> of) =>
        Sql.OfTimes(all.ConvertAll(permissions => of(permissions)?.UtcDateTime));

    internal static string? Json(Permissions permissions) =>
        permissions.TargetingAt.Count == 0
            ? null
            : JsonSerializer.Serialize(
                permissions.TargetingAt.ToDictionary(
                    place => place.Key,
                    place => new[] { place.Value.YesAt?.UtcDateTime, place.Value.NoAt?.UtcDateTime },
                    StringComparer.Ordinal
                )
            );

    private static Dictionary<string, YesNo> Destinations(string json) =>
        JsonSerializer
            .Deserialize<Dictionary<string, DateTimeOffset?[]>>(json)!
            .ToDictionary(place => place.Key, place => new YesNo(place.Value[0], place.Value[1]), StringComparer.Ordinal);
}

using System.Text.Json;
using AudienceSync.Domain.Decisions;
using AudienceSync.Domain.Events;
using AudienceSync.Domain.Identity;
using AudienceSync.Domain.Membership;
using AudienceSync.Domain.Permission;
using AudienceSync.Host.EventStore;
using AudienceSync.Host.EventStore.Outcomes;
using Npgsql;

namespace AudienceSync.Host.Decisions;

/// <summary>What decisions ask the store.</summary>
/// <param name="Aliases">The identifiers of one person, strongest first; or of several people.</param>
/// <param name="Older">Forms of them that an older reader may have made.</param>
/// <param name="Tombstones">The digests under which they would be kept if they were erased.</param>
/// <param name="KeyIds">The keys whose rows are needed.</param>
internal sealed record PersonQuestion(IReadOnlyList<Alias> Aliases, List<Guid> Older, List<Guid> Tombstones, List<int> KeyIds)
{
    /// <summary>What several questions ask.</summary>
    public static PersonQuestion Union(IReadOnlyList<PersonQuestion> questions) =>
        questions.Count == 1
            ? questions[0]
            : new PersonQuestion(
                [.. questions.SelectMany(one => one.Aliases).Distinct()],
                [.. questions.SelectMany(one => one.Older).Distinct()],
                [.. questions.SelectMany(one => one.Tombstones).Distinct()],
                [.. questions.SelectMany(one => one.KeyIds).Distinct()]
            );

    /// <summary>Digests identify people.</summary>
    public override string ToString() => "PersonQuestion(***)";
}

/// <summary>
/// Reads everything about a person in one statement, and so in one snapshot: the projected rows, the position up to which they are
/// projected, and the events after it. So an event that was appended before is in the rows or among the events, never in neither, also
/// while a rebuild replaces the tables: within a transaction of several statements the rows of the new tables could meet the position of
/// the old ones.
/// </summary>
/// <param name="database">The workspace.</param>
/// <param name="hasReports">Whether outcomes of messages come in: otherwise no daemon projects them, and looking for those that it has not
/// projected would read every event of the person.</param>
internal sealed class DecisionQueries(WorkspaceDatabase database, bool hasReports)
{
    // The stream of an anchor is read only when its last event is not projected: otherwise one probe answers for all of it.
    private const string PersonSql = """
        with recursive projected(at) as (select p.last_seq_id from mt_event_progression p where p.name = 'membership:All'),
        engaged(at) as (
          select least(
            coalesce((select p.last_seq_id from mt_event_progression p where p.name = 'person_engagement:All'), 0),
            coalesce((select p.last_seq_id from mt_event_progression p where p.name = 'outcome_policy:All'), 0))),
        named(digest, kind, anchor, owner, older) as (
          select a.digest, a.kind, a.anchor, a.owner, false from unnest($1::uuid[]) as d(digest)
            cross join lateral (select r.* from person_aliases r where r.digest = d.digest limit 1) a
          union all
          select a.digest, a.kind, a.anchor, a.owner, true from unnest($2::uuid[]) as d(digest)
            cross join lateral (select r.* from person_aliases r where r.digest = d.digest and r.parser < $5 limit 1) a),
        up(person) as (
          select x.person from named n
            cross join lateral (values (n.anchor), (n.owner)) as x(person) where x.person is not null
          union
          select p.owner from up
            cross join lateral (select r.owner from people r where r.person = up.person limit 1) p where p.owner is not null),
        down(person) as (
          select up.person from up union
          select p.person from down
            cross join lateral (select r.person from people r where r.owner = down.person offset 0) p)
        select 1 as what, null::uuid as person, null::uuid as other, null::int as number, p.at as pos, null::text as label,
          null::jsonb as data, null::boolean as flag, null::timestamptz as t1, null::timestamptz as t2, null::timestamptz as t3,
          null::timestamptz as t4, null::timestamptz as t5, null::timestamptz as t6, null::timestamptz as t7
        from (select e.seq_id from mt_events e order by e.seq_id desc limit 1) p(at)
        union all
        select 2, n.digest, coalesce(n.owner, n.anchor), n.kind, null, null, null, n.older, null, null, null, null, null, null, null
        from named n
        union all
        select 3, d.person, p.owner, p.kind, null, null, null, null, null, null, null, null, null, null, null
        from down d cross join lateral (select r.owner, r.kind from people r where r.person = d.person limit 1) p
        union all
        select 4, m.person, null, m.key_id, m.event_pos, null, null, null, m.added_at, m.removed_at, null, null, null, null, null
        from down d cross join unnest($4::int[]) as k(key_id)
        cross join lateral (select r.* from membership r where r.key_id = k.key_id and r.person = d.person limit 1) m
        union all
        select 5, p.person, null, null, null, null, p.destinations, p.exact, p.user_data_yes, p.user_data_no,
          p.personalization_yes, p.personalization_no, p.lifted_at, p.suppressed_at, p.erasing_at
        from down d cross join lateral (select r.* from person_permissions r where r.person = d.person limit 1) p
        union all
        select 6, d.person, null, null, e.seq_id, e.type, e.data, null, e.timestamp, null, null, null, null, null, null
        from down d
        cross join lateral (select r.seq_id from mt_events r where r.stream_id = d.person order by r.version desc limit 1) l
        cross join lateral (
          select r.seq_id, r.type, r.data, r.timestamp from mt_events r
          where l.seq_id > (select p.at from projected p) and r.stream_id = d.person and r.seq_id > (select p.at from projected p)
          offset 0) e
        union all
        select 7, d.person, null, null, e.seq_id, e.type, e.data, null, e.timestamp, null, null, null, null, null, null
        from down d
        cross join lateral (
          select r.person from person_permissions r where r.person = d.person and r.suppressed_at is not null limit 1) p
        cross join lateral (
          select r.seq_id, r.type, r.data, r.timestamp from mt_events r
          where r.stream_id = p.person and r.type = 'person_suppressed' offset 0) e
        union all
        select 8, null, null, b.key_id, null, null, null, null, null, null, null, null, null, null, null
        from bindings b where b.bound and b.key_id = any($4::int[])
        union all
        select 9, d.digest, null, null, null, null, null, null, null, null, null, null, null, null, null
        from unnest($3::uuid[]) as d(digest)
        cross join lateral (select r.digest from tombstones r where r.digest = d.digest limit 1) t
        union all
        select 10, d.person, null, null, null, null, g.data, null, null, null, null, null, null, null, null
        from down d cross join lateral (select r.data from mt_doc_person_engagement r where r.id = d.person limit 1) g
        union all
        select 11, d.person, null, null, e.seq_id, e.type, e.data, null, e.timestamp, null, null, null, null, null, null
        from down d
        cross join lateral (select r.seq_id from mt_events r where r.stream_id = d.person order by r.version desc limit 1) l
        cross join lateral (
          select r.seq_id, r.type, r.data, r.timestamp from mt_events r
          where $6 and l.seq_id > (select p.at from engaged p) and r.stream_id = d.person and r.seq_id > (select p.at from engaged p)
            and r.type in ('message_outcome_recorded', 'person_erasure_requested', 'person_erased')
          offset 0) e
        """;

    /// <summary>Reads.</summary>
    public async Task<StoredPeople> ReadAsync(PersonQuestion question, CancellationToken cancellationToken)
    {
        var people = new StoredPeople();
        await using var command = Sql.Command(
            database.Hot,
            PersonSql,
            Sql.Of(question.Aliases.Select(alias => alias.Digest.Value).ToList()),
            Sql.Of(question.Older),
            Sql.Of(question.Tombstones),
            Sql.Of(question.KeyIds),
            Sql.Of(IdentifierReader.ParserVersion),
            Sql.Of(hasReports)
        );
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            Take(people, reader);
        }

        return people;
    }

    private static void Take(StoredPeople people, NpgsqlDataReader reader)
    {
        switch (reader.GetInt32(0))
        {
            case 1:
                people.Head = reader.GetInt64(4);
                break;
            case 2 when !reader.IsDBNull(2):
                var alias = new Alias((IdentifierKind)reader.GetInt32(3), new AliasDigest(reader.GetGuid(1)));
                people.Found.Add(new FoundAlias(alias, new PersonId(reader.GetGuid(2))));
                break;
            case 3:
                people.Anchors[Person(reader)] = new StoredAnchor(
                    (IdentifierKind)reader.GetInt32(3),
                    reader.IsDBNull(2) ? null : new PersonId(reader.GetGuid(2))
                );
                break;
            case 4:
                var row = Row(reader);
                people.Rows[row.Id] = row;
                break;
            case 5:
                people.Permissions[Person(reader)] = Stated(reader);
                break;
            case 6:
                people.Pending.Add(Logged(reader));
                break;
            case 7:
                people.Suppressions.Add(Logged(reader));
                break;
            case 8:
                people.Feeding.Add(reader.GetInt32(3));
                break;
            case 9:
                people.Tombstones.Add(reader.GetGuid(1));
                break;
            case 10:
                people.Engagements[Person(reader)] = JsonSerializer.Deserialize<PersonEngagement>(
                    reader.GetFieldValue<byte[]>(6),
                    PersonEngagement.Json
                )!;
                break;
            case 11:
                people.Outcomes.Add(Logged(reader));
                break;
            default:
                break;
        }
    }

    private static PersonId Person(NpgsqlDataReader reader) => new(reader.GetGuid(1));

    // Only the state from the anchor's own events counts: the rest of a row follows from it, and is evaluated again.
    private static MembershipRow Row(NpgsqlDataReader reader) =>
        new(
            reader.GetInt32(3),
            Person(reader),
            new MembershipState(reader.TimeOrNull(8), reader.TimeOrNull(9)),
            MembershipStatus.Present,
            default,
            null,
            reader.GetInt64(4),
            ChangedPos: 0
        );

    private static Permissions Stated(NpgsqlDataReader reader)
    {
        var permissions = new Permissions
        {
            UserData = new YesNo(reader.TimeOrNull(8), reader.TimeOrNull(9)),
            Personalization = new YesNo(reader.TimeOrNull(10), reader.TimeOrNull(11)),
            Targeting = new YesNo(reader.TimeOrNull(12), reader.TimeOrNull(13)),
            ErasingAt = reader.TimeOrNull(14),
            Exact = reader.GetBoolean(7),
        };
        return reader.IsDBNull(6) ? permissions : permissions with { TargetingAt = Destinations(reader.GetFieldValue<byte[]>(6)) };
    }

    private static LogEvent Logged(NpgsqlDataReader reader) =>
        new(
            new Position(reader.GetInt64(4)),
            Person(reader),
            EventAlias.Of(reader.GetString(5)),
            reader.GetFieldValue<byte[]>(6),
            reader.GetFieldValue<DateTimeOffset>(8)
        );

    private static Dictionary<string, YesNo> Destinations(byte[] json) =>
        JsonSerializer
            .Deserialize<Dictionary<string, DateTimeOffset?[]>>(json)!
            .ToDictionary(place => place.Key, place => new YesNo(place.Value[0], place.Value[1]), StringComparer.Ordinal);
}

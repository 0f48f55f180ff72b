using AudienceSync.Domain.Audiences;
using AudienceSync.Domain.Doctor;
using AudienceSync.Domain.Events;
using AudienceSync.Host.EventStore;
using Npgsql;

namespace AudienceSync.Host.Doctor;

/// <summary>
/// Reads the versions of audiences: who came and went by the hour, what the last events of the log state, and what a sample of members has.
/// Every part is bounded, whatever the sizes of log and audiences.
/// </summary>
internal sealed class DoctorKeyQueries(WorkspaceDatabase database)
{
    /// <summary>Members are counted up to here.</summary>
    private const int MostMembers = 10_000;

    /// <summary>Members that are looked at, and events of the log.</summary>
    private const int SampledMembers = 1_000;

    private const int SampledEvents = 100_000;

    private const string KeysSql = """
        select k.audience_key, k.audience, k.published_at, k.window_s is not null, k.match_keys,
          exists (select from drains d where d.key_id = k.key_id and d.until_pos is null), a.paused,
          exists (select from bindings b where b.key_id = k.key_id and b.bound),
          exists (select from bindings b where b.audience = k.audience and b.bound),
          (select count(*) from (
            (select from membership m where m.key_id = k.key_id and m.state = 1 order by m.changed_pos limit $4)
            union all
            (select from membership m where m.key_id = k.key_id and m.state = 6 order by m.changed_pos limit $4)) c),
          h.adds, h.removes, h.first_at, h.last_at, h.adds_lately, h.removes_lately
        from audience_keys k join audiences a on a.audience = k.audience
        cross join lateral (
          select coalesce(sum(h.adds), 0)::bigint as adds, coalesce(sum(h.removes), 0)::bigint as removes,
            min(h.hour) filter (where h.adds > 0) as first_at, max(h.hour) filter (where h.adds > 0) as last_at,
            coalesce(sum(h.adds) filter (where h.hour > $1::timestamptz - $3::interval), 0)::bigint as adds_lately,
            coalesce(sum(h.removes) filter (where h.hour > $1::timestamptz - $3::interval), 0)::bigint as removes_lately
          from key_hours h where h.key_id = k.key_id and h.hour > $1::timestamptz - $2::interval and h.hour <= $1) h
        where k.retired_at is null order by k.audience_key
        """;

    private const string EventsSql = """
        select e.data ->> 'audienceKey', count(*) filter (where e.type = $2), count(*) filter (where e.type = $3),
          count(distinct e.data -> 'context' ->> 'journey') filter (where e.type = $2)
        from (select l.type, l.data from mt_events l order by l.seq_id desc limit $1) e where e.type in ($2, $3) group by 1
        """;

    // Of those who are in, restricted or not: the last to change, in the order of the index.
    private const string SampleSql = $"""
        select k.audience_key, count(*), count(p.email), count(p.phone), count(*) filter (where p.kind = 1), count(p.details),
          count(*) filter (where m.restrictions & {TargetingSql.Granted} <> 0)
        from audience_keys k
        cross join lateral (
          (select m.person, m.restrictions from membership m
            where m.key_id = k.key_id and m.state = 1 order by m.changed_pos desc limit $1)
          union all
          (select m.person, m.restrictions from membership m
            where m.key_id = k.key_id and m.state = 4 order by m.changed_pos desc limit $1)
          union all
          (select m.person, m.restrictions from membership m
            where m.key_id = k.key_id and m.state = 6 order by m.changed_pos desc limit $1)) m
        cross join lateral (select r.email, r.phone, r.kind, r.details from people r where r.person = m.person limit 1) p
        where k.retired_at is null and exists (select from bindings b where b.key_id = k.key_id and b.bound)
        group by k.audience_key
        """;

    // The first to change, which are those who are in for longest. Outcomes are those of all anchors of a person.
    private const string SilenceSql = """
        select k.audience_key, count(*), count(*) filter (where coalesce(h.heard_at, '-infinity') < $1::timestamptz - $2::interval)
        from audience_keys k
        cross join lateral (
          select m.person, m.since_at from membership m where m.key_id = k.key_id and m.state = 1 order by m.changed_pos limit $3) m
        cross join lateral (
          select max(greatest((e.engagement ->> 'lastDeliveredAt')::timestamptz, (e.engagement ->> 'lastOpenedAt')::timestamptz,
            (e.engagement ->> 'lastClickAt')::timestamptz, (e.engagement ->> 'lastEmailClickAt')::timestamptz,
            (e.engagement ->> 'lastMachineClickAt')::timestamptz, (e.engagement ->> 'subscribedAt')::timestamptz)) as heard_at
          from (select m.person union all select p.person from people p where p.owner = m.person) a(person)
          cross join lateral (
            select d.data -> 'engagement' as engagement from mt_doc_person_engagement d where d.id = a.person limit 1) e) h
        where k.retired_at is null and m.since_at < $1::timestamptz - $2::interval
          and exists (select from bindings b where b.key_id = k.key_id and b.bound)
        group by k.audience_key
        """;

    /// <param name="now">The time.</param>
    /// <param name="hasReports">Whether outcomes are reported, so that silence means something.</param>
    /// <param name="cancellationToken">Stops reading.</param>
    public async Task<IReadOnlyList<DoctorKey>> ReadAsync(DateTimeOffset now, bool hasReports, CancellationToken cancellationToken)
    {
        var events = await EventsAsync(cancellationToken);
        var samples = await SamplesAsync(cancellationToken);
        var silences = hasReports ? await SilencesAsync(now, cancellationToken) : [];
        var keys = new List<DoctorKey>();
        await using var command = Sql.Command(
            database.Query,
            KeysSql,
            Sql.Of(now),
            Sql.Of(DoctorRules.Window * 2),
            Sql.Of(DoctorRules.Lately),
            Sql.Of(MostMembers)
        );
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            var key = Key(reader);
            keys.Add(
                key with
                {
                    Events = events.GetValueOrDefault(key.Key, key.Events),
                    Sample = samples.GetValueOrDefault(key.Key),
                    Silence = silences.GetValueOrDefault(key.Key),
                }
            );
        }

        return keys;
    }

    private static DoctorKey Key(NpgsqlDataReader reader) =>
        new(reader.GetString(0), reader.GetString(1), reader.GetFieldValue<DateTimeOffset>(2))
        {
            HasWindow = reader.GetBoolean(3),
            MatchKeys = (MatchKeys)reader.GetInt32(4),
            Drains = reader.GetBoolean(5),
            Paused = reader.GetBoolean(6),
            Feeds = reader.GetBoolean(7),
            AudienceFeeds = reader.GetBoolean(8),
            Members = reader.GetInt64(9),
            Flow = new KeyFlow(reader.GetInt64(10), reader.GetInt64(11), reader.TimeOrNull(12), reader.TimeOrNull(13)),
            Lately = new KeyFlow(reader.GetInt64(14), reader.GetInt64(15), null, null),
        };

    private async Task<Dictionary<string, KeyEvents>> EventsAsync(CancellationToken cancellationToken)
    {
        var events = new Dictionary<string, KeyEvents>(StringComparer.Ordinal);
        await using var command = Sql.Command(
            database.Query,
            EventsSql,
            Sql.Of(SampledEvents),
            Sql.Of(EventTypes.MemberAdded),
            Sql.Of(EventTypes.MemberRemoved)
        );
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            events[reader.GetString(0)] = new KeyEvents(reader.GetInt64(1), reader.GetInt64(2), reader.GetInt64(3));
        }

        return events;
    }

    private async Task<Dictionary<string, MemberSample>> SamplesAsync(CancellationToken cancellationToken)
    {
        var samples = new Dictionary<string, MemberSample>(StringComparer.Ordinal);
        await using var command = Sql.Command(database.Query, SampleSql, Sql.Of(SampledMembers));
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            samples[reader.GetString(0)] = new MemberSample(
                reader.GetInt64(1),
                reader.GetInt64(2),
                reader.GetInt64(3),
                reader.GetInt64(4),
                reader.GetInt64(5),
                reader.GetInt64(6)
            );
        }

        return samples;
    }

    private async Task<Dictionary<string, SilenceSample>> SilencesAsync(DateTimeOffset now, CancellationToken cancellationToken)
    {
        var silences = new Dictionary<string, SilenceSample>(StringComparer.Ordinal);
        await using var command = Sql.Command(database.Query, SilenceSql, Sql.Of(now), Sql.Of(DoctorRules.Window), Sql.Of(SampledMembers));
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            silences[reader.GetString(0)] = new SilenceSample(reader.GetInt64(1), reader.GetInt64(2));
        }

        return silences;
    }
}

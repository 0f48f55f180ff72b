using AudienceSync.Domain.Events;
using AudienceSync.Domain.History;
using AudienceSync.Domain.Identity;
using AudienceSync.Domain.Membership;
using AudienceSync.Host.EventStore;
using Npgsql;

namespace AudienceSync.Host.History;

/// <summary>
/// Reads streams to fold as of a time. Membership as of a time is exact without a table of its own: every person that ever had an event for
/// a key has a membership row for it, and the person's stream determines the status at any time. Only requested streams are read.
/// </summary>
public sealed class PastQueries(WorkspaceDatabase database)
{
    private const string ProjectedSql = "select last_seq_id from mt_event_progression where name = 'membership:All'";

    private const string NextSql = "select e.seq_id, e.timestamp from mt_events e where e.seq_id > $1 order by e.seq_id limit 1";

    // Each key is read in its own order; the first rows of all keys together are among the first rows of each key.
    private const string PeopleOfKeysSql = """
        select distinct p.person from unnest($1::int[]) as k(key_id)
        cross join lateral (select m.person from membership m where m.key_id = k.key_id and m.person > $2 order by m.person limit $3) p
        order by p.person limit $3
        """;

    // One probe per stream. The offset, which changes nothing, keeps the planner from reading the whole log and joining afterwards.
    private const string StreamsSql = """
        select d.person, e.seq_id, e.type, e.data from unnest($1::uuid[]) as d(person)
        cross join lateral (select l.seq_id, l.type, l.data from mt_events l where l.stream_id = d.person and l.seq_id <= $2
          order by l.version offset 0) e
        """;

    private const string AnyLinkSql = "select exists (select from mt_events where type = 'person_linked')";

    private const string LinkedSql = """
        select d.owner, e.stream_id from unnest($1::uuid[]) as d(owner)
        cross join lateral (select l.stream_id from mt_events l where l.type = 'person_linked'
          and l.data ->> 'owner' = d.owner::text offset 0) e
        """;

    /// <summary>The position up to which the projector has read. Events after it have no effect yet.</summary>
    public async Task<Position> ProjectedAsync(CancellationToken cancellationToken)
    {
        await using var command = Sql.Command(database.Query, ProjectedSql);
        return new Position((long)(await command.ExecuteScalarAsync(cancellationToken))!);
    }

    /// <summary>
    /// The last event recorded at or before a time, among those up to <paramref name="last"/>. A binary search of some two dozen steps.
    /// </summary>
    public async Task<Position> LastRecordedAsync(DateTimeOffset at, Position last, CancellationToken cancellationToken)
    {
        await using var connection = await database.Query.OpenConnectionAsync(cancellationToken);
        var (low, high) = (0L, last.Value);
        while (low < high)
        {
            var middle = low + ((high - low) / 2);
            await using var command = Sql.Command(connection, NextSql, Sql.Of(middle));
            await using var reader = await command.ExecuteReaderAsync(cancellationToken);
            if (!await reader.ReadAsync(cancellationToken) || reader.GetInt64(0) > high || reader.GetFieldValue<DateTimeOffset>(1) > at)
            {
                high = middle;
            }
            else
            {
                low = reader.GetInt64(0);
            }
        }

        return new Position(low);
    }

    /// <summary>All people that ever had an event for some keys, in the order of ids, after a given one.</summary>
    public async Task<List<PersonId>> ReadPeopleOfKeysAsync(List<int> keyIds, Guid after, int limit, CancellationToken cancellationToken)
    {
        var people = new List<PersonId>(limit);
        await using var command = Sql.Command(database.Query, PeopleOfKeysSql, Sql.Of(keyIds), Sql.Of(after), Sql.Of(limit));
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            people.Add(new PersonId(reader.GetGuid(0)));
        }

        return people;
    }

    /// <summary>Whether any person was ever linked.</summary>
    public async Task<bool> AnyLinkAsync(CancellationToken cancellationToken)
    {
        await using var command = Sql.Command(database.Query, AnyLinkSql);
        return (bool)(await command.ExecuteScalarAsync(cancellationToken))!;
    }

    /// <summary>The people that were ever linked to the given owners.</summary>
    public async Task ReadLinkedAsync(List<PersonId> owners, PastPeople people, CancellationToken cancellationToken)
    {
        await using var command = Sql.Command(database.Query, LinkedSql, Ids(owners));
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            people.TakeLink(new PersonId(reader.GetGuid(0)), new PersonId(reader.GetGuid(1)));
        }
    }

    /// <summary>The streams of the given anchors, up to a position.</summary>
    public async Task ReadStreamsAsync(
        List<PersonId> anchors,
        Position last,
        PastPeople people,
        KeyNames names,
        CancellationToken cancellationToken
    )
    {
        foreach (var anchor in anchors)
        {
            people.StreamOf(anchor);
        }

        await using var command = Sql.Command(database.Query, StreamsSql, Ids(anchors), Sql.Of(last.Value));
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            people
                .StreamOf(new PersonId(reader.GetGuid(0)))
                .Take(new Position(reader.GetInt64(1)), reader.GetString(2), reader.GetFieldValue<byte[]>(3), names);
        }
    }

    private static NpgsqlParameter Ids(List<PersonId> people) => Sql.Of(people.ConvertAll(person => person.Value));
}

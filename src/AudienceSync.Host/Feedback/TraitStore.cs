using AudienceSync.Domain.Feedback;
using AudienceSync.Domain.Outcomes;
using AudienceSync.Host.EventStore;
using AudienceSync.Host.Outcomes;

namespace AudienceSync.Host.Feedback;

/// <summary>Reads the traits of people, and records what was accepted of them.</summary>
internal sealed class TraitStore(WorkspaceDatabase database, EngagementQueries engagements, OutcomePolicy policy)
{
    private const string PeopleSql = """
        select distinct e.stream_id from mt_events e where e.seq_id > $1 and e.seq_id <= $2 and e.type = any($3)
        """;

    // Suppressed when the latest suppression is no earlier than the latest lifting, over all anchors of the person.
    private const string TraitsSql = """
        select d.person, coalesce(g.suppressed_at >= coalesce(g.lifted_at, '-infinity'), false), t.traits
        from unnest($2::uuid[]) as d(person)
        cross join lateral (
          select max(m.suppressed_at) as suppressed_at, max(m.lifted_at) as lifted_at from (
            select d.person as person
            union all select o.person from people o where o.owner = d.person
            union all select o.person from people n join people o on o.owner = n.person where n.owner = d.person) a
          join person_permissions m on m.person = a.person) g
        left join feedback_traits t on t.source = $1 and t.person = d.person
        """;

    // A page that was read later has been accepted meanwhile.
    private const string WriteSql = """
        insert into feedback_traits (source, person, traits, at)
        select $1, d.person, d.traits, $4 from unnest($2::uuid[], $3::bigint[]) as d(person, traits)
        on conflict (source, person) do update set traits = excluded.traits, at = excluded.at where feedback_traits.at <= excluded.at
        """;

    /// <summary>The streams of the events of a page after which traits may be others.</summary>
    public async Task<List<Guid>> PeopleAsync(FeedbackRange range, CancellationToken cancellationToken)
    {
        var people = new List<Guid>();
        await using var command = Sql.Command(
            database.Query,
            PeopleSql,
            Sql.Of(range.From),
            Sql.Of(range.To),
            Sql.Of(FeedbackCursorQueries.TraitEvents)
        );
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            people.Add(reader.GetGuid(0));
        }

        return people;
    }

    /// <summary>The traits of people, with the hash of those that were accepted last.</summary>
    public async Task<Dictionary<Guid, (PersonTraits Traits, long? Accepted)>> ReadAsync(
        string source,
        IReadOnlyList<KnownToSource> people,
        DateTimeOffset now,
        CancellationToken cancellationToken
    )
    {
        var traits = new Dictionary<Guid, (PersonTraits, long?)>(people.Count);
        var byAnchor = await engagements.ByAnchorAsync([.. people.SelectMany(person => person.Anchors)], cancellationToken);
        var known = people.ToDictionary(person => person.Root, person => EngagementQueries.SumOf(person.Anchors, byAnchor));
        await using var command = Sql.Command(database.Query, TraitsSql, Sql.Of(source), Sql.Of(known.Keys.ToArray()));
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            var person = reader.GetGuid(0);
            traits[person] = (
                PersonTraits.Of(known[person], policy.SoftBounces, now, reader.GetBoolean(1)),
                await reader.IsDBNullAsync(2, cancellationToken) ? null : reader.GetInt64(2)
            );
        }

        return traits;
    }

    /// <summary>Records what was accepted.</summary>
    public async Task WriteAsync(
        string source,
        IReadOnlyList<(Guid Person, long Traits)> accepted,
        DateTimeOffset at,
        CancellationToken cancellationToken
    )
    {
        await using var command = Sql.Command(
            database.Query,
            WriteSql,
            Sql.Of(source),
            Sql.Of(accepted.Select(one => one.Person).ToList()),
            Sql.Of(accepted.Select(one => one.Traits).ToList()),
            Sql.Of(at)
        );
        await command.ExecuteNonQueryAsync(cancellationToken);
    }
}

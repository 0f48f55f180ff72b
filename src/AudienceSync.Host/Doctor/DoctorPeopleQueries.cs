using AudienceSync.Domain.Doctor;
using AudienceSync.Domain.Events;
using AudienceSync.Host.EventStore;

namespace AudienceSync.Host.Doctor;

/// <summary>Counts identifiers that are not one person's. Compares keyed digests in the database, and returns counts only.</summary>
internal sealed class DoctorPeopleQueries(WorkspaceDatabase database)
{
    /// <summary>Events of the log whose people are looked at.</summary>
    private const int SampledEvents = 10_000;

    /// <summary>Revisions with one address that are looked at.</summary>
    private const int MostOfOne = 200;

    private const string StoppedSql = """
        select s.kind, count(*), min(s.stopped_at) from link_stops s where s.state = 1 group by s.kind order by s.kind
        """;

    // The addresses of the people of the last events, each with those who were ever reached by it.
    private const string SharedSql = """
        with latest as (
          select distinct e.data ->> 'source' as source, p.email, p.phone
          from (select t.type, t.data, t.stream_id from mt_events t order by t.seq_id desc limit $1) e
          cross join lateral (select r.email, r.phone from people r where r.person = e.stream_id limit 1) p where e.type = $2)
        select c.source, c.kind, count(*), max(c.people)
        from (
          select l.source, 'email' as kind, (
            select count(distinct v.person)
            from (select o.person from vault o where o.email = l.email limit $3) v) as people
          from (select distinct source, email from latest where email is not null) l
          union all
          select l.source, 'phone', (
            select count(distinct v.person)
            from (select o.person from vault o where o.phone = l.phone limit $3) v)
          from (select distinct source, phone from latest where phone is not null) l) c
        where c.people >= $4 group by c.source, c.kind order by c.source, c.kind
        """;

    public async Task<IReadOnlyList<StoppedLinks>> StoppedAsync(CancellationToken cancellationToken)
    {
        var stopped = new List<StoppedLinks>();
        await using var command = Sql.Command(database.Query, StoppedSql);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            var kind = reader.GetInt16(0) == 2 ? "email" : "phone";
            stopped.Add(new StoppedLinks(kind, reader.GetInt64(1), reader.GetFieldValue<DateTimeOffset>(2)));
        }

        return stopped;
    }

    public async Task<IReadOnlyList<SharedAddresses>> SharedAsync(CancellationToken cancellationToken)
    {
        var shared = new List<SharedAddresses>();
        await using var command = Sql.Command(
            database.Query,
            SharedSql,
            Sql.Of(SampledEvents),
            Sql.Of(EventTypes.MemberAdded),
            Sql.Of(MostOfOne),
            Sql.Of((long)DoctorRules.SharedBy)
        );
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            shared.Add(new SharedAddresses(reader.GetString(0), reader.GetString(1), reader.GetInt64(2), reader.GetInt64(3)));
        }

        return shared;
    }
}

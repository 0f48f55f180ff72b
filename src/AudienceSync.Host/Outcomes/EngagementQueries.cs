using System.Text;
using System.Text.Json;
using AudienceSync.Domain.Events;
using AudienceSync.Domain.Identity;
using AudienceSync.Domain.Outcomes;
using AudienceSync.Host.EventStore;
using AudienceSync.Host.EventStore.Outcomes;

namespace AudienceSync.Host.Outcomes;

/// <summary>
/// Reads the engagement of a person: the documents of all anchors, and the outcomes above the progress of their projection. So an answer is
/// never behind the log, even when the daemon is. All is read in one statement, and so of one moment; and an outcome that is counted twice
/// changes nothing.
/// </summary>
public sealed class EngagementQueries(WorkspaceDatabase database)
{
    private static readonly string[] Folded = [EventTypes.OutcomeRecorded, EventTypes.ErasureRequested, EventTypes.Erased];

    private const string AnchorsSql = """
        with recursive up(person, owner) as (
          select p.person, p.owner from people p where p.person = $1
          union
          select p.person, p.owner from up cross join lateral (select r.* from people r where r.person = up.owner limit 1) p),
        down(person) as (
          select up.person from up where up.owner is null
          union
          select p.person from down cross join lateral (select r.person from people r where r.owner = down.person offset 0) p)
        select down.person from down
        """;

    private const string EngagementSql = """
        with progress as (
          select coalesce((select p.last_seq_id from mt_event_progression p where p.name = $2), 0) as at)
        select d.id, null::text, d.data::text, 0::bigint from unnest($1::uuid[]) as a(id)
        cross join lateral (select r.id, r.data from mt_doc_person_engagement r where r.id = a.id limit 1) d
        union all
        select a.id, e.type, e.data::text, e.seq_id from progress, unnest($1::uuid[]) as a(id)
        cross join lateral (
          select r.type, r.data, r.seq_id from mt_events r
          where r.stream_id = a.id and r.seq_id > progress.at and r.type = any($3) offset 0) e
        order by 4
        """;

    /// <summary>All anchors of the person that an anchor belongs to, with the anchor itself; empty when it is not known.</summary>
    public async Task<Guid[]> AnchorsAsync(PersonId anchor, CancellationToken cancellationToken)
    {
        var anchors = new List<Guid>();
        await using var command = Sql.Command(database.Hot, AnchorsSql, Sql.Of(anchor.Value));
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            anchors.Add(reader.GetGuid(0));
        }

        return [.. anchors];
    }

    /// <summary>The engagement of a person, with every outcome that is in the log.</summary>
    /// <param name="anchors">All anchors of the person.</param>
    /// <param name="cancellationToken">Stops reading.</param>
    public async Task<Engagement> ReadAsync(IReadOnlyCollection<Guid> anchors, CancellationToken cancellationToken) =>
        SumOf(anchors, await ByAnchorAsync(anchors, cancellationToken));

    /// <summary>The sum over some anchors of what was read of them.</summary>
    public static Engagement SumOf(IEnumerable<Guid> anchors, IReadOnlyDictionary<Guid, Engagement> byAnchor) =>
        anchors.Aggregate(Engagement.Empty, (sum, anchor) => byAnchor.TryGetValue(anchor, out var one) ? sum.With(one) : sum);

    /// <summary>The engagement of each anchor that has one, in one statement.</summary>
    public async Task<IReadOnlyDictionary<Guid, Engagement>> ByAnchorAsync(
        IReadOnlyCollection<Guid> anchors,
        CancellationToken cancellationToken
    )
    {
        var documents = new Dictionary<Guid, PersonEngagement?>();
        await using var command = Sql.Command(
            database.Hot,
            EngagementSql,
            Sql.Of(anchors.ToArray()),
            Sql.Of(EngagementProjection.Shard),
            Sql.Of(Folded)
        );
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            var anchor = reader.GetGuid(0);
            documents[anchor] = reader.IsDBNull(1)
                ? JsonSerializer.Deserialize<PersonEngagement>(reader.GetString(2), PersonEngagement.Json)
                : EngagementProjection.Fold(
                    documents.GetValueOrDefault(anchor),
                    anchor,
                    EventJson.Read(reader.GetString(1), Encoding.UTF8.GetBytes(reader.GetString(2)))
                );
        }

        return documents.Where(one => one.Value is not null).ToDictionary(one => one.Key, one => one.Value!.Engagement);
    }
}

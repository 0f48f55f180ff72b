using AudienceSync.Host.EventStore;
using AudienceSync.Host.Exposures.Export;
using AudienceSync.Host.Exposures.Projecting;

namespace AudienceSync.Host.Exposures;

/// <summary>How far the exposure log is behind a stream that it is made from.</summary>
/// <param name="Stream"><c>log</c>, or <c>deliveries/NAME</c> of an ad account.</param>
/// <param name="Lag">Events or calls that were not read; counted up to <see cref="ExposureLagQueries.Counted"/>.</param>
/// <param name="Since">When the first of them was recorded; null when there is none.</param>
public sealed record ExposureLag(string Stream, long Lag, DateTimeOffset? Since);

/// <summary>How far the exposure log is.</summary>
/// <param name="Position">Of its last row.</param>
/// <param name="Streams">What it was not made from yet.</param>
public sealed record ExposureProgress(long Position, IReadOnlyList<ExposureLag> Streams);

/// <summary>Reads how far the exposure log is behind.</summary>
internal sealed class ExposureLagQueries(WorkspaceDatabase database, ExposurePlan plan, ExposureTableQueries tables)
{
    /// <summary>More are not counted: the time since the first is what matters by then.</summary>
    public const int Counted = 100_000;

    private const string LagsSql = """
        select s.stream, l.lag, l.since from unnest($1::text[]) with ordinality as s(stream, place)
        left join exposure_cursors c on c.stream = s.stream
        cross join lateral (
          select count(*) as lag, min(x.at) as since from (
            (select e.timestamp from mt_events e
              where s.stream = 'log' and e.seq_id > coalesce(c.position, 0) order by e.seq_id limit $2)
            union all
            (select d.recorded_at from deliveries d
              where s.stream like 'deliveries/%' and d.destination = substr(s.stream, 12) and d.delivery_id > coalesce(c.position, 0)
                and d.recorded_at >= coalesce(c.since, '2000-01-01T00:00Z') - interval '1 day' order by d.delivery_id limit $2)) as x(at)) l
        order by s.place
        """;

    /// <summary>Null where exposures are not logged.</summary>
    public async Task<ExposureProgress?> ProgressAsync(CancellationToken cancellationToken)
    {
        if (!plan.IsOn)
        {
            return null;
        }

        // First the lags: what is not behind is in the rows up to the position.
        var streams = await ReadAsync(cancellationToken);
        return new ExposureProgress(await tables.EndAsync(cancellationToken), streams);
    }

    /// <summary>Each stream; none where exposures are not logged.</summary>
    public async Task<IReadOnlyList<ExposureLag>> ReadAsync(CancellationToken cancellationToken)
    {
        var lags = new List<ExposureLag>();
        if (!plan.IsOn)
        {
            return lags;
        }

        string[] streams = [ExposureCursor.Log, .. plan.Destinations.Select(ExposureCursor.DeliveriesOf)];
        await using var command = Sql.Command(database.Query, LagsSql, Sql.Of(streams), Sql.Of(Counted));
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            lags.Add(new ExposureLag(reader.GetString(0), reader.GetInt64(1), reader.TimeOrNull(2)));
        }

        return lags;
    }
}

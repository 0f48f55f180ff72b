using AudienceSync.Host.EventStore;
using Npgsql;

namespace AudienceSync.Host.Ingest.Append;

/// <summary>The counts of sources in a group commit; empty for almost every commit.</summary>
internal sealed class SourceCountSql
{
    private readonly Dictionary<(string Source, string Code), long> _counts = [];

    public List<string> Sources { get; } = [];

    public List<string> Codes { get; } = [];

    public List<long> Events { get; } = [];

    public void Clear()
    {
        _counts.Clear();
        Sources.Clear();
        Codes.Clear();
        Events.Clear();
    }

    /// <summary>Counts an event once for each code of its warnings.</summary>
    public void Add(PendingEvent pending)
    {
        if (pending is not { Source: { } source, Warnings: { } warnings })
        {
            return;
        }

        foreach (var code in warnings.Select(warning => warning.Code).Distinct(StringComparer.Ordinal))
        {
            _counts[(source, code)] = _counts.GetValueOrDefault((source, code)) + 1;
        }
    }

    /// <summary>The statement that adds them, after <see cref="Finish"/>.</summary>
    public NpgsqlBatchCommand Command(DateTimeOffset now) =>
        Sql.Command(AppendSql.Counts, Sql.Of(Sources), Sql.Of(Codes), Sql.Of(Events), Sql.Of(now));

    /// <summary>Moves the counts into columns, in an order that is the same for every host.</summary>
    public void Finish()
    {
        if (_counts.Count == 0)
        {
            return;
        }

        foreach (
            var ((source, code), events) in _counts
                .OrderBy(count => count.Key.Source, StringComparer.Ordinal)
                .ThenBy(count => count.Key.Code, StringComparer.Ordinal)
        )
        {
            Sources.Add(source);
            Codes.Add(code);
            Events.Add(events);
        }
    }
}

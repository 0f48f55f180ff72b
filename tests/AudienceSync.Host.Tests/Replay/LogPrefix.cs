using System.Text.Json;
using AudienceSync.Host.Tests.Serving;
using Npgsql;

namespace AudienceSync.Host.Tests.Replay;

/// <summary>One add or remove as stored in the log.</summary>
internal readonly record struct LoggedFact(Guid Person, string Key, bool Add, DateTimeOffset OccurredAt, DateTimeOffset RecordedAt);

/// <summary>
/// The whole log of a replay, folded again from its beginning at each query. For a person and key the latest add and the latest remove
/// count, and nothing here is the engine's code: table rows, JSON, comparisons.
/// </summary>
internal sealed class LogPrefix(IReadOnlyList<LoggedFact> facts)
{
    private const string Sql =
        "select stream_id, type, timestamp, data::text from mt_events where type like 'audience_member%' order by seq_id";

    public IReadOnlyList<LoggedFact> Facts => facts;

    public static async Task<LogPrefix> ReadAsync(TestHost host)
    {
        var settings = new NpgsqlConnectionStringBuilder(host.Database) { SearchPath = "ws_default", Pooling = false };
        await using var source = NpgsqlDataSource.Create(settings.ConnectionString);
        await using var command = source.CreateCommand(Sql);
        await using var reader = await command.ExecuteReaderAsync();
        var facts = new List<LoggedFact>();
        while (await reader.ReadAsync())
        {
            using var data = JsonDocument.Parse(reader.GetString(3));
            facts.Add(
                new LoggedFact(
                    reader.GetGuid(0),
                    data.RootElement.GetProperty("audienceKey").GetString()!,
                    reader.GetString(1) == "audience_member_added",
                    data.RootElement.GetProperty("occurredAt").GetDateTimeOffset(),
                    reader.GetFieldValue<DateTimeOffset>(2)
                )
            );
        }

        return new LogPrefix(facts);
    }

    /// <summary>The members of a key at a moment, by the log as far as it had been recorded then.</summary>
    public HashSet<Guid> Known(string key, TimeSpan window, DateTimeOffset at) =>
        Fold(facts.TakeWhile(fact => fact.RecordedAt <= at), key, window, at);

    /// <summary>The members of a key at a moment, by everything known today to have happened by then.</summary>
    public HashSet<Guid> Happened(string key, TimeSpan window, DateTimeOffset at) =>
        Fold(facts.Where(fact => fact.OccurredAt <= at), key, window, at);

    private static HashSet<Guid> Fold(IEnumerable<LoggedFact> counted, string key, TimeSpan window, DateTimeOffset at)
    {
        var sent = new Dictionary<Guid, (DateTimeOffset Added, DateTimeOffset Removed)>();
        foreach (var fact in counted.Where(fact => fact.Key == key))
        {
            var (added, removed) = sent.GetValueOrDefault(fact.Person);
            sent[fact.Person] = fact.Add
                ? (fact.OccurredAt > added ? fact.OccurredAt : added, removed)
                : (added, fact.OccurredAt > removed ? fact.OccurredAt : removed);
        }

        return [.. sent.Where(one => one.Value.Added > one.Value.Removed && one.Value.Added + window > at).Select(one => one.Key)];
    }
}

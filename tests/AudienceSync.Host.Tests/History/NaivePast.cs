using System.Text.Json;
using AudienceSync.Domain.History;
using AudienceSync.Host.Tests.Workspaces;
using Npgsql;

namespace AudienceSync.Host.Tests.History;

/// <summary>One event of the log, as this reference implementation reads it.</summary>
internal sealed record NaiveEvent(
    long Position,
    Guid Stream,
    string Type,
    DateTimeOffset RecordedAt,
    DateTimeOffset? OccurredAt,
    Guid? Owner,
    string? Key
);

/// <summary>
/// The log of a workspace, evaluated for one version from scratch at each query: no rows, no streams, none of the engine's rules. From its
/// publication on, a version counts the events for it and for every version before it.
/// </summary>
internal sealed class NaivePast(IReadOnlyList<NaiveEvent> events, int version, TimeSpan window)
{
    private const string Sql = "select seq_id, stream_id, type, timestamp, data::text from mt_events order by seq_id";

    public IReadOnlyList<NaiveEvent> Events => events;

    public static async Task<NaivePast> ReadAsync(TestWorkspace workspace, int version = 1)
    {
        var events = new List<NaiveEvent>();
        await using var command = workspace.Owner.CreateCommand(Sql);
        await using var reader = await command.ExecuteReaderAsync();
        while (await reader.ReadAsync())
        {
            var data = JsonDocument.Parse(reader.GetString(4)).RootElement;
            events.Add(
                new NaiveEvent(
                    reader.GetInt64(0),
                    reader.GetGuid(1),
                    reader.GetString(2),
                    reader.GetFieldValue<DateTimeOffset>(3),
                    data.TryGetProperty("occurredAt", out var at) ? at.GetDateTimeOffset() : null,
                    data.TryGetProperty("owner", out var owner)
                    && owner.ValueKind == JsonValueKind.String
                    && reader.GetString(2) == "person_linked"
                        ? owner.GetGuid()
                        : null,
                    data.TryGetProperty("audienceKey", out var key) ? key.GetString() : null
                )
            );
        }

        return new NaivePast(events, version, workspace.Keys.ByName($"k0_v{version}")!.Window!.Value);
    }

    /// <summary>Whether this event published the version.</summary>
    public bool IsPublication(NaiveEvent one) => one.Type == "audience_key_published_v2" && one.Key == $"k0_v{version}";

    /// <summary>Whether this is an add or a remove that counts for the version.</summary>
    public bool IsMembershipEvent(NaiveEvent one) =>
        one.Type.StartsWith("audience_member", StringComparison.Ordinal)
        && int.Parse(one.Key!["k0_v".Length..], System.Globalization.CultureInfo.InvariantCulture) <= version;

    /// <summary>The roots that are members, with the ends of their windows.</summary>
    public Dictionary<Guid, DateTimeOffset> In(DateTimeOffset at, AsOfMeaning mode) =>
        mode == AsOfMeaning.Known
            ? In([.. events.Where(one => one.RecordedAt <= at)], at)
            : In([.. events.Where(one => one.Type == "person_linked" || IsPublication(one) || one.OccurredAt <= at)], at);

    /// <summary>The same for a subset of the events.</summary>
    public Dictionary<Guid, DateTimeOffset> In(IReadOnlyList<NaiveEvent> counted, DateTimeOffset at)
    {
        var members = new Dictionary<Guid, DateTimeOffset>();
        if (!counted.Any(IsPublication))
        {
            return members;
        }

        foreach (var person in counted.Where(IsMembershipEvent).GroupBy(one => Root(counted, one.Stream)))
        {
            var added = person.Where(one => one.Type == "audience_member_added").Max(one => one.OccurredAt);
            var removed = person.Where(one => one.Type == "audience_member_removed").Max(one => one.OccurredAt);
            if (added is { } since && !(removed >= since) && since + window > at)
            {
                members[person.Key] = since + window;
            }
        }

        return members;
    }

    public static Guid Root(IReadOnlyList<NaiveEvent> counted, Guid person)
    {
        while (counted.LastOrDefault(one => one.Stream == person && one.Owner is not null) is { } link)
        {
            person = link.Owner!.Value;
        }

        return person;
    }
}

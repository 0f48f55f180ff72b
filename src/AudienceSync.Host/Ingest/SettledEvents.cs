using AudienceSync.Host.Ingest.Append;
using AudienceSync.Host.Ingest.Quarantine;
using AudienceSync.Host.Ingest.Reading;

namespace AudienceSync.Host.Ingest;

/// <summary>Matches the events of a body with the outcomes of the commits that they were part of.</summary>
internal static class SettledEvents
{
    /// <summary>An event that no commit has settled yet.</summary>
    public const ItemOutcome Unsettled = default;

    /// <summary>
    /// One outcome for each event, when all were committed as one request: that has the events to append first, and then the entries.
    /// </summary>
    public static ReadOnlyMemory<ItemOutcome> InOrder(ParsedEvent[] events, ReadOnlyMemory<ItemOutcome> items)
    {
        var appended = 0;
        foreach (var parsed in events)
        {
            appended += parsed.Event is null ? 0 : 1;
        }

        if (appended == 0 || appended == events.Length)
        {
            return items;
        }

        var outcomes = new ItemOutcome[events.Length];
        var (nextEvent, nextEntry) = (0, appended);
        for (var i = 0; i < events.Length; i++)
        {
            outcomes[i] = items.Span[events[i].Event is null ? nextEntry++ : nextEvent++];
        }

        return outcomes;
    }

    /// <summary>The same outcomes, with those of a later commit for the unsettled ones.</summary>
    public static ItemOutcome[] Fill(ItemOutcome[] outcomes, ReadOnlyMemory<ItemOutcome> later)
    {
        var next = 0;
        return Array.ConvertAll(outcomes, outcome => outcome == Unsettled ? later.Span[next++] : outcome);
    }

    /// <summary>
    /// Events that were left out because they cannot be linked are held from here on, and unsettled: only the append determines which, so
    /// their entries are kept by a later commit.
    /// </summary>
    public static (ParsedEvent[] Events, ItemOutcome[] Outcomes) HoldUnlinkable(ParsedEvent[] events, ReadOnlySpan<ItemOutcome> outcomes)
    {
        var (held, settled) = ((ParsedEvent[])events.Clone(), outcomes.ToArray());
        for (var i = 0; i < held.Length; i++)
        {
            if (settled[i] == ItemOutcome.Unlinkable)
            {
                (held[i], settled[i]) = (held[i].HeldFor(QuarantineReason.TooManyAddresses), Unsettled);
            }
        }

        return (held, settled);
    }
}

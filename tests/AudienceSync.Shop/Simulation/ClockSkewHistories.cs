using AudienceSync.Shop.Journeys;

namespace AudienceSync.Shop.Simulation;

/// <summary>
/// Short histories of people whose events are stamped by clocks that run ahead. An event hours ahead counts as of its receipt, so it
/// supersedes everything that happened before the play and is superseded by an event with a timestamp some minutes after the start of the
/// play, whatever the order in which the two arrive.
/// </summary>
internal sealed class ClockSkewHistories(Random random, DateTimeOffset start)
{
    /// <summary>An event of a history.</summary>
    internal sealed record HistoryEntry(EventKind Kind, DateTimeOffset At, Clock Clock);

    private static readonly TimeSpan TenHours = TimeSpan.FromHours(10);

    /// <summary>The number of kinds of histories.</summary>
    public const int Kinds = 6;

    /// <summary>One history of each kind in turn. The comment on each one states the expected result.</summary>
    public IReadOnlyList<HistoryEntry> Draw(int index)
    {
        var (sooner, later) = (Skewed(20, 130), Skewed(131, 290));
        return (index % Kinds) switch
        {
            // Absent: the add claims to be the latest by ten hours, and the true removal comes minutes later.
            0 => [new HistoryEntry(EventKind.Add, start + TenHours, Clock.Ahead), BeyondThePlay(EventKind.Remove)],

            // Present: whatever it claims, the add was received after the removal happened.
            1 => [Before(EventKind.Remove), Ahead(EventKind.Add)],

            // Absent: the removal takes effect from its receipt.
            2 => [Before(EventKind.Add), Ahead(EventKind.Remove)],

            // Present: a removal that is ahead does not keep out a customer who returns.
            3 => [Before(EventKind.Add), Ahead(EventKind.Remove), BeyondThePlay(EventKind.Add)],

            // Absent, then present in the last case: a small constant skew keeps the sender's own order.
            4 => [sooner with { Kind = EventKind.Add }, later with { Kind = EventKind.Remove }],
            _ => [sooner with { Kind = EventKind.Remove }, later with { Kind = EventKind.Add }],
        };
    }

    private HistoryEntry Before(EventKind kind) => new(kind, start.AddMinutes(-random.Next(30, 2 * 24 * 60)), Clock.Accurate);

    private HistoryEntry Ahead(EventKind kind) => new(kind, start.AddMinutes(random.Next(2 * 60, 23 * 60)), Clock.Ahead);

    private HistoryEntry BeyondThePlay(EventKind kind) => Skewed(245, 290) with { Kind = kind };

    private HistoryEntry Skewed(int from, int to) =>
        new(EventKind.Add, start.AddMilliseconds(random.Next(from * 1_000, to * 1_000)), Clock.Skewed);
}

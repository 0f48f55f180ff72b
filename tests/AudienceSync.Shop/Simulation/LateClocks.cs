using AudienceSync.Shop.Journeys;

namespace AudienceSync.Shop.Simulation;

/// <summary>
/// Short histories of people whose events are stamped by clocks that run ahead. What is hours ahead counts as received, so it beats all that
/// happened before the play and is beaten by what is stamped some minutes after it began, in whatever order the two arrive.
/// </summary>
internal sealed class LateClocks(Random random, DateTimeOffset start)
{
    /// <summary>An event of a history.</summary>
    internal sealed record Stamp(EventKind Kind, DateTimeOffset At, Clock Clock);

    private static readonly TimeSpan TenHours = TimeSpan.FromHours(10);

    /// <summary>How many kinds of histories there are.</summary>
    public const int Kinds = 6;

    /// <summary>One history of each kind in turn. What is said of each is what must come out.</summary>
    public IReadOnlyList<Stamp> Draw(int index)
    {
        var (sooner, later) = (Skewed(20, 130), Skewed(131, 290));
        return (index % Kinds) switch
        {
            // Out: the add claims to be the latest by ten hours, and the true removal comes minutes later.
            0 => [new Stamp(EventKind.Add, start + TenHours, Clock.Ahead), BeyondThePlay(EventKind.Remove)],

            // In: whatever it claims, the add was received after the removal happened.
            1 => [Before(EventKind.Remove), Ahead(EventKind.Add)],

            // Out: the removal holds from when it was received.
            2 => [Before(EventKind.Add), Ahead(EventKind.Remove)],

            // In: a removal that is ahead does not keep out who comes back.
            3 => [Before(EventKind.Add), Ahead(EventKind.Remove), BeyondThePlay(EventKind.Add)],

            // Out and in: a small constant skew keeps the sender's own order.
            4 => [sooner with { Kind = EventKind.Add }, later with { Kind = EventKind.Remove }],
            _ => [sooner with { Kind = EventKind.Remove }, later with { Kind = EventKind.Add }],
        };
    }

    private Stamp Before(EventKind kind) => new(kind, start.AddMinutes(-random.Next(30, 2 * 24 * 60)), Clock.Right);

    private Stamp Ahead(EventKind kind) => new(kind, start.AddMinutes(random.Next(2 * 60, 23 * 60)), Clock.Ahead);

    private Stamp BeyondThePlay(EventKind kind) => Skewed(245, 290) with { Kind = kind };

    private Stamp Skewed(int from, int to) => new(EventKind.Add, start.AddMilliseconds(random.Next(from * 1_000, to * 1_000)), Clock.Skewed);
}

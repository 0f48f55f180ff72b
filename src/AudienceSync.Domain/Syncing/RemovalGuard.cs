namespace AudienceSync.Domain.Syncing;

/// <summary>
/// When a plan of removals waits for a human (design section 7): a source that says "remove" to everybody by mistake, a wrong key that is
/// promoted, a projection gone wrong look alike to the engine, and a list that took months to fill is empty after minutes. Nobody's own will
/// is counted: suppression, withdrawn consent and erasure never wait. docs/LIMITS.md has the figures.
/// </summary>
public static class RemovalGuard
{
    /// <summary>Removals that are always made: so few are the day's work, and of a small list a fifth is soon reached.</summary>
    public const int FreeRemovals = 1_000;

    /// <summary>More than so many always wait.</summary>
    public const int MostRemovals = 10_000;

    /// <summary>More than this share of the list waits.</summary>
    public const int MostPercent = 20;

    /// <summary>For how long an approval holds, hours.</summary>
    public const int ApprovalHours = 24;

    /// <param name="removals">Of the plan, without those whose own will it is.</param>
    /// <param name="members">Who is or may be on the list before it.</param>
    public static bool Holds(long removals, long members) =>
        removals > MostRemovals || (removals > FreeRemovals && removals * 100 > members * MostPercent);
}

namespace AudienceSync.Domain.Syncing;

/// <summary>
/// When a plan of removals waits for a human (design section 7): a source that sends "remove" for everyone by mistake, promoting a wrong
/// key, and a corrupt projection are indistinguishable to the engine, and a remote audience that took months to fill is empty after
/// minutes. Removals by a person's own will are not counted: suppression, withdrawn consent and erasure never wait. docs/LIMITS.md has the
/// figures.
/// </summary>
public static class RemovalGuard
{
    /// <summary>
    /// Removals that are always made: this many are normal daily work, and a fifth of a small remote audience is soon reached.
    /// </summary>
    public const int FreeRemovals = 1_000;

    /// <summary>A plan with more removals always waits.</summary>
    public const int MaxRemovals = 10_000;

    /// <summary>A plan that removes more than this share of the remote audience waits.</summary>
    public const int MaxPercent = 20;

    /// <summary>How long an approval holds, in hours.</summary>
    public const int ApprovalHours = 24;

    /// <param name="removals">Removals of the plan, without those by the person's own will.</param>
    /// <param name="members">Members who are or may be in the remote audience before the plan.</param>
    public static bool Holds(long removals, long members) =>
        removals > MaxRemovals || (removals > FreeRemovals && removals * 100 > members * MaxPercent);
}

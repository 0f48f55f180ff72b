using AudienceSync.Domain.Syncing;

namespace AudienceSync.Host.EventStore;

/// <summary>
/// Who may be targeted, and who may be in a remote audience, as fragments of SQL. They repeat <see cref="TargetingRule"/> and
/// <see cref="Refusals.MayBeThere"/>: a test compares them for every state and every combination of restrictions. The lanes decide by these
/// rules themselves; the fragments are for counts, comparisons and sweeps.
/// </summary>
internal static class TargetingSql
{
    /// <summary>After the state of a membership: <see cref="TargetingRule.IsTargetable"/>.</summary>
    public const string Targetable = "in (1, 6)";

    /// <summary>After the state of a membership: <see cref="TargetingRule.IsListed"/>. The index of windows repeats it.</summary>
    public const string Listed = "in (1, 4, 6, 7)";

    /// <summary>After the state of a membership: the opposite of <see cref="TargetingRule.IsTargetable"/>.</summary>
    public const string Untargetable = "in (2, 3, 4, 5, 7)";

    /// <summary>After the state of a membership: <see cref="TargetingRule.MayHaveToLeave"/>.</summary>
    public const string MayHaveToLeave = "in (2, 3, 4, 5, 6, 7)";

    /// <summary>After the state of a membership: <see cref="TargetingRule.IsEnded"/>.</summary>
    public const string Ended = "in (2, 3)";

    /// <summary>After the state of a membership: <see cref="TargetingRule.MayBeMistake"/>.</summary>
    public const string MayBeMistake = "in (2, 3, 7)";

    /// <summary>After the status of a ledger row: <see cref="Refusals.MayBeThere"/>.</summary>
    public const string MayBeThere = "in (1, 2, 3)";

    /// <summary>On <c>membership m</c>: <see cref="TargetingRule.IsTargetable"/>.</summary>
    public const string Anywhere = $"m.state {Targetable}";

    /// <summary>On <c>membership m</c>, <c>bindings b</c> and <c>accounts a</c>: <see cref="TargetingRule.IsDesired"/>.</summary>
    public const string Here =
        $"{Anywhere} and m.restrictions & {OptOuts} = 0 and not coalesce(b.destination = any(m.restricted_at), false) "
        + $"and (not a.consent_required or m.restrictions & {Granted} = {Granted})";

    /// <summary>On <c>membership c</c> and the destination <c>$6</c>: <see cref="TargetingRule.IsOptOut"/>.</summary>
    public const string OptedOut = $"c.restrictions & {OptOuts} <> 0 or coalesce($6 = any(c.restricted_at), false)";

    /// <summary>Bits of the restrictions of a membership: each purpose that was granted.</summary>
    public const string Granted = "20";

    // Suppressed, a purpose denied, being erased.
    private const string OptOuts = "105";
}

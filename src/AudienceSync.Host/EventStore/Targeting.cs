namespace AudienceSync.Host.EventStore;

/// <summary>
/// The people that may be targeted, as a condition on <c>membership m</c>: the states present and limited. The condition for one
/// destination, with suppression by name and consent, also needs <c>bindings b</c> and <c>accounts a</c>. The lanes decide by Domain code
/// (<c>LaneMember.Desired</c>); this is for counts and comparisons.
/// </summary>
internal static class Targeting
{
    public const string Anywhere = "m.state in (1, 6)";

    /// <summary>20: both purposes granted (TargetingRestrictions).</summary>
    public const string Here =
        Anywhere + " and not coalesce(b.destination = any(m.restricted_at), false) and (not a.consent_required or m.restrictions & 20 = 20)";
}

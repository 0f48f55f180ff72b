using AudienceSync.Domain.Membership;
using AudienceSync.Domain.Permission;
using AudienceSync.Domain.Syncing;

namespace AudienceSync.Domain.Feedback;

/// <summary>What a journey's step did, as it is reported by its delivery id.</summary>
/// <param name="Metric"><c>delivered</c>, <c>deferred</c>, <c>dropped</c> or <c>bounced</c>; null while nothing is decided.</param>
/// <param name="Reason">A stable code; null for none.</param>
public readonly record struct StepOutcome(string? Metric, string? Reason = null)
{
    public static readonly StepOutcome Undecided;

    public static readonly StepOutcome Delivered = new("delivered");

    public static readonly StepOutcome Deferred = new("deferred", "parked");

    /// <summary>Whether no other outcome follows.</summary>
    public bool IsFinal => Metric is not null && this != Deferred;

    /// <summary>We do not send it to any platform.</summary>
    public static StepOutcome Dropped(string reason) => new("dropped", reason);

    /// <summary>A platform refused it.</summary>
    public static StepOutcome Bounced(string reason) => new("bounced", reason);
}

/// <summary>What is known of the person at one destination that the step's audience key feeds.</summary>
/// <param name="Status">Of the ledger.</param>
/// <param name="Reason">Of a status that is a refusal.</param>
/// <param name="Restriction">Why the person may not be there; null when they may.</param>
public readonly record struct StepPlace(LedgerStatus Status, string? Reason, string? Restriction);

/// <summary>Decides what a step did. It is read from what is true now: the step asked for it, whichever call did it.</summary>
public static class StepOutcomes
{
    /// <summary>Of an add.</summary>
    /// <param name="status">Of the membership; null when there is none yet.</param>
    /// <param name="restrictions">What restricts targeting the person.</param>
    /// <param name="places">The destinations that the key feeds.</param>
    /// <param name="parked">Whether one of them rests until somebody acts.</param>
    public static StepOutcome OfAdd(
        MembershipStatus? status,
        TargetingRestrictions restrictions,
        IReadOnlyList<StepPlace> places,
        bool parked
    )
    {
        ArgumentNullException.ThrowIfNull(places);
        if (status is null)
        {
            return StepOutcome.Undecided;
        }

        if (status is MembershipStatus.Removed or MembershipStatus.Expired)
        {
            return StepOutcome.Dropped("removed_since");
        }

        if (status is MembershipStatus.Withheld or MembershipStatus.HeldOut)
        {
            return StepOutcome.Dropped(Restriction(status.Value, restrictions));
        }

        if (places.Count == 0)
        {
            return StepOutcome.Dropped("no_destination");
        }

        if (places.Any(place => place.Status == LedgerStatus.Delivered))
        {
            return StepOutcome.Delivered;
        }

        if (places.Any(place => !IsDecided(place)))
        {
            return parked ? StepOutcome.Deferred : StepOutcome.Undecided;
        }

        foreach (var place in places)
        {
            if (place.Restriction is null && place.Status == LedgerStatus.Rejected)
            {
                return StepOutcome.Bounced(place.Reason ?? "rejected");
            }
        }

        foreach (var place in places)
        {
            if (place.Restriction is null)
            {
                return StepOutcome.Dropped(place.Reason ?? "invalid");
            }
        }

        return StepOutcome.Dropped(places[0].Restriction!);
    }

    /// <summary>Of a removal: done when no destination may have the person by this key.</summary>
    /// <param name="status">Of the membership; null when there is none.</param>
    /// <param name="places">The destinations that the key feeds.</param>
    /// <param name="parked">Whether one of them rests until somebody acts.</param>
    public static StepOutcome OfRemoval(MembershipStatus? status, IReadOnlyList<StepPlace> places, bool parked)
    {
        ArgumentNullException.ThrowIfNull(places);
        if (status is not (null or MembershipStatus.Removed or MembershipStatus.Expired))
        {
            return StepOutcome.Dropped("added_since");
        }

        return places.All(place => !Refusals.MayBeThere(new LedgerEntry(place.Status, 0, default))) ? StepOutcome.Delivered
            : parked ? StepOutcome.Deferred
            : StepOutcome.Undecided;
    }

    private static string Restriction(MembershipStatus status, TargetingRestrictions restrictions) =>
        status == MembershipStatus.HeldOut ? "holdout"
        : IsSuppressed(restrictions) ? "suppressed"
        : "no_consent";

    private static bool IsSuppressed(TargetingRestrictions restrictions) =>
        (restrictions & (TargetingRestrictions.Suppressed | TargetingRestrictions.Erasing)) != TargetingRestrictions.None;

    private static bool IsDecided(StepPlace place) =>
        place.Restriction is not null || place.Status is LedgerStatus.Rejected or LedgerStatus.Invalid or LedgerStatus.Delivered;
}

using AudienceSync.Domain.Events;
using AudienceSync.Domain.Permission;

namespace AudienceSync.Domain.Identity;

/// <summary>
/// How many distinct emails, and how many distinct phones, may be sent with one identifier within a day before it stops linking. A template
/// that renders one value for every person ("guest", "12345") looks like a customer id; without a limit it would merge a whole shop into
/// one person.
/// </summary>
/// <param name="AddressesPerDay">Distinct addresses of one kind; the next new one exceeds the limit.</param>
public readonly record struct LinkLimit(int AddressesPerDay)
{
    public static LinkLimit Default => new(Limits.LinkedAddressesPerDay);

    private static readonly TimeSpan Day = TimeSpan.FromDays(1);

    /// <summary>
    /// The kind for which the event has an address beyond the limit; null when it may link. A day is counted around the event's own time,
    /// in both directions, so that a backfill of years does not count as one day and the order of arrival matters little.
    /// </summary>
    /// <param name="known">What the anchor was sent with so far.</param>
    /// <param name="claim">The identifiers of the event.</param>
    public IdentifierKind? Exceeded(IdentifierClaims known, Statement claim)
    {
        foreach (var alias in claim.Aliases.AsSpan(1))
        {
            if (known.At(alias.Digest) is null && CountAround(known, alias.Kind, claim.At) >= AddressesPerDay)
            {
                return alias.Kind;
            }
        }

        return null;
    }

    /// <summary>Whether an event has an address that its anchor was not sent with before.</summary>
    public static bool ClaimsNew(IdentifierClaims known, Statement claim)
    {
        foreach (var alias in claim.Aliases.AsSpan(1))
        {
            if (known.At(alias.Digest) is null)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>
    /// Whether an event must wait when its identifiers may not be linked. An add or a permission would reach the wrong person; a removal, a
    /// suppression and a withdrawal still apply to the person of the strongest identifier, and an exposure changes no person.
    /// </summary>
    /// <param name="alias">The event's type.</param>
    /// <param name="data">Its data column.</param>
    public static bool MustWait(string alias, byte[] data)
    {
        if (alias is not (EventTypes.ConsentChanged or EventTypes.SuppressionLifted))
        {
            return alias == EventTypes.MemberAdded;
        }

        var facts = new List<PermissionFact>();
        PermissionFact.Read(alias, data, facts);
        return facts.TrueForAll(fact => fact.Yes);
    }

    private static int CountAround(IdentifierClaims known, IdentifierKind kind, DateTimeOffset at) =>
        known.Addresses.Count(address => address.Address.Kind == kind && (address.At - at).Duration() < Day);
}

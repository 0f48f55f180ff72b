using AudienceSync.Domain.Audiences;
using AudienceSync.Domain.Identity;
using AudienceSync.Domain.Syncing;

namespace AudienceSync.Connectors;

/// <summary>
/// Data that a platform receives for a member and may also have received for another member, without the identity store distinguishing the
/// two: a device id, or a name with an address, does not belong to one person as an email address does.
/// </summary>
/// <param name="Part">Which part of the member it is.</param>
/// <param name="Text">Equal for everything that the platform treats as equal.</param>
public readonly record struct SharedCell(IdentifierParts Part, string Text)
{
    /// <summary>Personal data never reaches a log by accident.</summary>
    public override string ToString() => $"{Part}(***)";
}

/// <summary>A person as delivered before, and as the person would be delivered now.</summary>
public readonly record struct DeliveryChange(Member Was, Member Becomes);

/// <summary>How two deliveries of one person differ for a platform: by what it would receive, not by what we hold.</summary>
/// <param name="Same">The platform would receive exactly the same data, so there is nothing to send.</param>
/// <param name="Gone">Parts of the former delivery that must be removed. The new one is then added as a whole.</param>
/// <param name="Shared">Whether a part of the former delivery is also part of the new one and stays at the platform throughout.</param>
public readonly record struct IdentifierChange(bool Same, IdentifierParts Gone, bool Shared)
{
    /// <summary>Remove everything that was delivered, then add everything that is to be delivered: correct at any platform.</summary>
    public static readonly IdentifierChange Whole = new(Same: false, IdentifierParts.All, Shared: false);

    public static readonly IdentifierChange None = new(Same: true, IdentifierParts.None, Shared: true);

    /// <summary>
    /// The person without the identifiers by which a key does not match: what a platform receives of the members of that key.
    /// </summary>
    public static PersonIdentifiers Omit(PersonIdentifiers person, MatchKeys omitted)
    {
        var parts = IdentifierParts.All;
        parts &= omitted.HasFlag(MatchKeys.Email) ? ~IdentifierParts.Email : IdentifierParts.All;
        parts &= omitted.HasFlag(MatchKeys.Phone) ? ~IdentifierParts.Phone : IdentifierParts.All;
        parts &= omitted.HasFlag(MatchKeys.CustomerId) ? ~IdentifierParts.ExternalId : IdentifierParts.All;
        parts &= omitted.HasFlag(MatchKeys.DeviceId) ? ~IdentifierParts.Device : IdentifierParts.All;
        parts &= omitted.HasFlag(MatchKeys.Details) ? ~IdentifierParts.Details : IdentifierParts.All;
        return Restrict(person, parts);
    }

    /// <summary>The person with only these parts.</summary>
    public static PersonIdentifiers Restrict(PersonIdentifiers person, IdentifierParts parts)
    {
        ArgumentNullException.ThrowIfNull(person);
        if (parts == IdentifierParts.All)
        {
            return person;
        }

        var email = parts.HasFlag(IdentifierParts.Email);
        var phone = parts.HasFlag(IdentifierParts.Phone);
        return person with
        {
            CustomerId = parts.HasFlag(IdentifierParts.ExternalId) ? person.CustomerId : null,
            Email = email ? person.Email : null,
            Phone = phone ? person.Phone : null,
            Details = Restrict(person.Details, parts),
            Hashed =
                person.Hashed
                & ((email ? HashedFields.EmailSha256 : HashedFields.None) | (phone ? ~HashedFields.EmailSha256 : HashedFields.None)),
        };
    }

    private static PersonDetails? Restrict(PersonDetails? details, IdentifierParts parts) =>
        (parts.HasFlag(IdentifierParts.Details), parts.HasFlag(IdentifierParts.Device)) switch
        {
            (true, true) => details,
            (true, false) => details is null ? null : details with { DeviceId = null },
            (false, true) => details?.DeviceId is { } device ? new PersonDetails { DeviceId = device } : null,
            _ => null,
        };
}

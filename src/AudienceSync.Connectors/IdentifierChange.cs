using AudienceSync.Domain.Identity;

namespace AudienceSync.Connectors;

/// <summary>The parts of what is said of a person that can be removed one without the other.</summary>
[Flags]
public enum IdentifierParts
{
    None = 0,
    Email = 1,
    Phone = 2,

    /// <summary>Name, place and the rest, which hold only together.</summary>
    Details = 4,

    /// <summary>The advertising id of a device.</summary>
    Device = 8,

    /// <summary>The sender's own id.</summary>
    ExternalId = 16,
    All = Email | Phone | Details | Device | ExternalId,
}

/// <summary>
/// What a platform receives of a member and may have received of another member, too, without the identity store keeping the two apart: nobody owns a device id, or a
/// name with an address, as a person owns an email address.
/// </summary>
/// <param name="Part">Which part of the member it is.</param>
/// <param name="Text">Equal for whatever the platform takes for equal.</param>
public readonly record struct SharedCell(IdentifierParts Part, string Text)
{
    /// <summary>Personal data never reaches a log by accident.</summary>
    public override string ToString() => $"{Part}(***)";
}

/// <summary>A person as he was said, and as he would be said now.</summary>
public readonly record struct Resaying(Member Was, Member Becomes);

/// <summary>How two sayings of one person differ to a platform: what it would receive, not what we hold.</summary>
/// <param name="Same">The platform would receive the very same, so there is nothing to say.</param>
/// <param name="Gone">Parts of the former saying that must be removed. The new saying is then added whole.</param>
/// <param name="Shared">Whether something of the former saying is part of the new one and stays at the platform all the time.</param>
public readonly record struct IdentifierChange(bool Same, IdentifierParts Gone, bool Shared)
{
    /// <summary>Remove all that was said, then add all that is to be said: right at any platform.</summary>
    public static readonly IdentifierChange Whole = new(Same: false, IdentifierParts.All, Shared: false);

    public static readonly IdentifierChange None = new(Same: true, IdentifierParts.None, Shared: true);

    /// <summary>A person with these parts only.</summary>
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
            Hashed = person.Hashed & ((email ? HashedFields.EmailSha256 : HashedFields.None) | (phone ? ~HashedFields.EmailSha256 : HashedFields.None)),
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

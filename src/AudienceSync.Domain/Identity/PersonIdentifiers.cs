namespace AudienceSync.Domain.Identity;

/// <summary>
/// The identifiers of one person as the sender wrote them, trimmed, and as <see cref="IdentifierReader"/> read them. Normalizers take the
/// canonical forms; the texts are kept because a later reader may read them better. <paramref name="Country"/> (ISO 3166-1 alpha-2) is the
/// one by which the phone number was read: the person's, or else the source's.
/// </summary>
public sealed record PersonIdentifiers(string? CustomerId, string? Email, string? Phone, string Country)
{
    /// <summary>Name, place and the rest; null when none was sent.</summary>
    public PersonDetails? Details { get; init; }

    /// <summary>Which of the addresses are digests already, and in which form.</summary>
    public HashedFields Hashed { get; init; }

    /// <summary>
    /// The email address in the form that identifies the person, or its digest in lower case; null when it cannot be read.
    /// </summary>
    public string? CanonicalEmail
    {
        // When the text is removed, because it is to stay at a platform, its canonical form is removed, too.
        get => Email is null ? null : field;
        init;
    }

    /// <summary>The phone number as E.164 with its plus, or its digest in lower case; null when it cannot be read.</summary>
    public string? CanonicalPhone
    {
        get => Phone is null ? null : field;
        init;
    }

    /// <summary>Why there is an email text but no canonical form.</summary>
    public IdentifierFault EmailFault { get; init; }

    /// <summary>Why there is a phone text but no canonical form.</summary>
    public IdentifierFault PhoneFault { get; init; }

    /// <summary>The version of the reader that produced the canonical forms; 0 when nothing was read.</summary>
    public short Parser { get; init; }

    /// <summary>Keeps personal data out of logs.</summary>
    public override string ToString() => "PersonIdentifiers(***)";
}

namespace AudienceSync.Domain.Identity;

/// <summary>
/// What the vault holds of a person under one revision: his current identifiers, and when each was said, so that the newest wins whatever
/// the order of arrival.
/// </summary>
public sealed record IdentifierRevision(
    string? CustomerId,
    string? Email,
    DateTimeOffset EmailSaidAt,
    string? Phone,
    DateTimeOffset PhoneSaidAt,
    string Country)
{
    /// <summary>The first revision of a person.</summary>
    public static IdentifierRevision First(PersonIdentifiers said, DateTimeOffset at) =>
        new(said.CustomerId, said.Email, at, said.Phone, at, said.Country);

    /// <summary>What a connector needs.</summary>
    public PersonIdentifiers Identifiers => new(CustomerId, Email, Phone, Country);

    /// <summary>Takes over what is new or said later. Returns the same instance when nothing changes.</summary>
    public IdentifierRevision Merge(PersonIdentifiers said, DateTimeOffset at)
    {
        var merged = this;
        if (CustomerId is null && said.CustomerId is not null)
        {
            merged = merged with { CustomerId = said.CustomerId };
        }

        if (Newer(Email, EmailSaidAt, said.Email, at))
        {
            merged = merged with { Email = said.Email, EmailSaidAt = at };
        }

        if (Newer(Phone, PhoneSaidAt, said.Phone, at))
        {
            merged = merged with { Phone = said.Phone, PhoneSaidAt = at, Country = said.Country };
        }

        return merged;
    }

    /// <summary>Personal data never reaches a log by accident.</summary>
    public override string ToString() => "IdentifierRevision(***)";

    // The tie is broken by the text itself, so that two addresses said in the same microsecond settle alike in any order.
    private static bool Newer(string? held, DateTimeOffset heldAt, string? said, DateTimeOffset at) =>
        said is not null
        && !string.Equals(held, said, StringComparison.Ordinal)
        && (held is null || at > heldAt || (at == heldAt && string.CompareOrdinal(said, held) > 0));
}

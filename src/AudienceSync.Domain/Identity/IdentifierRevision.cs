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
        new IdentifierRevision(said.CustomerId, Email: null, default, Phone: null, default, Country: "").Merge(said, at);

    /// <summary>What a connector needs. The country is the phone's; empty when there is no phone.</summary>
    public PersonIdentifiers Identifiers => new(CustomerId, Email, Phone, Country);

    /// <summary>
    /// Takes over what is new or said later; any order of the same sayings ends alike. Returns the same instance when nothing changes.
    /// When a known address is only said again, later, its time moves and <see cref="Identifiers"/> stay equal: no new revision is due.
    /// </summary>
    public IdentifierRevision Merge(PersonIdentifiers said, DateTimeOffset at)
    {
        var merged = this;
        if (CustomerId is null && said.CustomerId is not null)
        {
            merged = merged with { CustomerId = said.CustomerId };
        }

        if (said.Email is not null && (Email is null || Wins(at, EmailSaidAt, string.CompareOrdinal(said.Email, Email))))
        {
            merged = merged with { Email = said.Email, EmailSaidAt = at };
        }

        if (said.Phone is not null && (Phone is null || Wins(at, PhoneSaidAt, ComparePhone(said))))
        {
            merged = merged with { Phone = said.Phone, PhoneSaidAt = at, Country = said.Country };
        }

        return merged;
    }

    /// <summary>Personal data never reaches a log by accident.</summary>
    public override string ToString() => "IdentifierRevision(***)";

    // The tie is broken by the text itself, so that two addresses said in the same microsecond settle alike in any order.
    private static bool Wins(DateTimeOffset at, DateTimeOffset heldAt, int textOrder) => at > heldAt || (at == heldAt && textOrder > 0);

    // A national number is read by its country, so the two are one value.
    private int ComparePhone(PersonIdentifiers said)
    {
        var byPhone = string.CompareOrdinal(said.Phone, Phone);
        return byPhone != 0 ? byPhone : string.CompareOrdinal(said.Country, Country);
    }
}

namespace AudienceSync.Shop.Simulation;

/// <summary>
/// A shopper with canonical identifiers: the e-mail trimmed and in lower case, the phone as E.164 digits without the plus.
/// </summary>
/// <param name="Number">The number in the simulation; the only identifier of a customer that is ever printed.</param>
/// <param name="PhoneCountry">US, GB or IN; determines how the phone is written.</param>
/// <param name="KnownSince">When a guest received their customer id. Their webhooks before that carry the e-mail only.</param>
internal sealed record Customer(
    int Number,
    string? CustomerId,
    string? Email,
    string? PhoneDigits,
    string? PhoneCountry,
    DateTimeOffset? KnownSince
)
{
    /// <summary>The identifiers that a webhook about this time carries.</summary>
    public Identifiers IdentifiersAt(DateTimeOffset at)
    {
        if (at < KnownSince)
        {
            return Identifiers.Email;
        }

        return (CustomerId is null ? Identifiers.None : Identifiers.CustomerId)
            | (Email is null ? Identifiers.None : Identifiers.Email)
            | (PhoneDigits is null ? Identifiers.None : Identifiers.Phone);
    }
}

/// <summary>Which identifiers of its customer a webhook carries.</summary>
[Flags]
internal enum Identifiers
{
    None = 0,
    CustomerId = 1,
    Email = 2,
    Phone = 4,
}

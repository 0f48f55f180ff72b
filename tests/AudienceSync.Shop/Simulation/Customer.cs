namespace AudienceSync.Shop.Simulation;

/// <summary>A shopper with canonical identifiers: the e-mail trimmed and in lower case, the phone as E.164 digits without the plus.</summary>
/// <param name="Number">The number in the simulation; the only name that is ever printed.</param>
/// <param name="PhoneCountry">US, GB or IN; decides how the phone is written.</param>
/// <param name="KnownSince">A guest who got his customer id then. His webhooks before that carry the e-mail only.</param>
internal sealed record Customer(
    int Number,
    string? CustomerId,
    string? Email,
    string? PhoneDigits,
    string? PhoneCountry,
    DateTimeOffset? KnownSince)
{
    /// <summary>The identifiers a webhook about this moment carries.</summary>
    public Shown ShownAt(DateTimeOffset at)
    {
        if (at < KnownSince)
        {
            return Shown.Email;
        }

        return (CustomerId is null ? Shown.None : Shown.CustomerId)
            | (Email is null ? Shown.None : Shown.Email)
            | (PhoneDigits is null ? Shown.None : Shown.Phone);
    }
}

/// <summary>Which identifiers of its customer a webhook carries.</summary>
[Flags]
internal enum Shown
{
    None = 0,
    CustomerId = 1,
    Email = 2,
    Phone = 4,
}

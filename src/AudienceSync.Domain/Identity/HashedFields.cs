namespace AudienceSync.Domain.Identity;

/// <summary>
/// Which identifiers a sender hashes itself, and how. The sender declares it; nothing is inferred from the format of a value.
/// </summary>
/// <remarks>The numbers are stored; never renumber.</remarks>
[Flags]
public enum HashedFields
{
    None = 0,

    /// <summary>E-mail addresses: SHA-256 of the trimmed, lower-case address.</summary>
    EmailSha256 = 1,

    /// <summary>Phones: SHA-256 of the digits with the calling code and no plus, as Meta requires.</summary>
    PhoneSha256Digits = 2,

    /// <summary>Phones: SHA-256 of the number with its plus, as Google and TikTok require.</summary>
    PhoneSha256E164 = 4,
}

namespace AudienceSync.Domain.Identity;

/// <summary>Which identifiers a sender hashes himself, and how. He declares it; nothing is guessed from the look of a value.</summary>
/// <remarks>The numbers are stored; never renumber.</remarks>
[Flags]
public enum HashedFields
{
    None = 0,

    /// <summary>E-mail addresses: SHA-256 of the trimmed, lower-case address.</summary>
    EmailSha256 = 1,

    /// <summary>Phones: SHA-256 of the digits with the calling code and no plus, as Meta wants it.</summary>
    PhoneSha256Digits = 2,

    /// <summary>Phones: SHA-256 of the number with its plus, as Google and TikTok want it.</summary>
    PhoneSha256E164 = 4,
}

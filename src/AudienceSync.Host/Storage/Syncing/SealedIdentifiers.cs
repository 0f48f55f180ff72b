using AudienceSync.Domain.Identity;

namespace AudienceSync.Host.Storage.Syncing;

/// <summary>One revision of one person, sealed, and which of its addresses a removal must leave where they are.</summary>
/// <param name="Salt">His.</param>
/// <param name="KeyVersion">Of the master key that the revision is sealed under.</param>
/// <param name="Cipher">The revision.</param>
/// <param name="EmailKept">The e-mail address is another person's now, and delivered for him.</param>
/// <param name="PhoneKept">As the e-mail address.</param>
public sealed record SealedIdentifiers(byte[] Salt, short KeyVersion, byte[] Cipher, bool EmailKept, bool PhoneKept)
{
    /// <summary>What may be said of an opened revision.</summary>
    public PersonIdentifiers Sayable(PersonIdentifiers opened)
    {
        if (EmailKept)
        {
            opened = opened with { Email = null, Hashed = opened.Hashed & ~HashedFields.EmailSha256 };
        }

        return PhoneKept ? opened with { Phone = null, Hashed = opened.Hashed & HashedFields.EmailSha256 } : opened;
    }
}

using AudienceSync.Connectors;

namespace AudienceSync.Host.Storage.Syncing;

/// <summary>One revision of one person, sealed, and which of its addresses a removal must leave where they are.</summary>
/// <param name="Salt">Of the person.</param>
/// <param name="KeyVersion">Of the master key that the revision is sealed under.</param>
/// <param name="Cipher">The revision.</param>
/// <param name="Kept">Addresses that are another person's now, and delivered for them at this list.</param>
public sealed record SealedIdentifiers(byte[] Salt, short KeyVersion, byte[] Cipher, IdentifierParts Kept);

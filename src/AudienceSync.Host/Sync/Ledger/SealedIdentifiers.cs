using AudienceSync.Domain.Syncing;

namespace AudienceSync.Host.Sync.Ledger;

/// <summary>One sealed revision of one person, and which of its addresses a removal must leave in place.</summary>
/// <param name="Salt">Of the person.</param>
/// <param name="KeyVersion">Of the master key that the revision is sealed under.</param>
/// <param name="Cipher">The revision.</param>
/// <param name="Kept">Addresses that belong to another person now, and were delivered for them at this remote audience.</param>
public sealed record SealedIdentifiers(byte[] Salt, short KeyVersion, byte[] Cipher, IdentifierParts Kept);

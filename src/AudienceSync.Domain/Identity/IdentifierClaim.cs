namespace AudienceSync.Domain.Identity;

/// <summary>An address that was claimed for an anchor, and the latest time of the claim.</summary>
/// <param name="Address">Its digest, which is the key for finding its owner.</param>
/// <param name="Text">As it was sent, trimmed.</param>
/// <param name="Country">The country used to parse a national phone number (ISO 3166-1 alpha-2); empty for an e-mail address.</param>
/// <param name="Hashed">The form of hash, when the text is a hash made by the sender; none when it is plain.</param>
/// <param name="At">The sender's time.</param>
public sealed record IdentifierClaim(Alias Address, string Text, string Country, HashedFields Hashed, DateTimeOffset At)
{
    /// <summary>The form of <see cref="Text"/> from which <see cref="Address"/> is derived, and which is sent to platforms.</summary>
    public string? Canonical { get; init; }

    /// <summary>The version of the reader that produced <see cref="Canonical"/>.</summary>
    public short Parser { get; init; }

    /// <summary>Keeps personal data out of logs.</summary>
    public override string ToString() => "IdentifierClaim(***)";

    /// <summary>Whether this claim is later; a tie is broken by the digest, so that any order of arrival gives the same result.</summary>
    public bool IsLaterThan(IdentifierClaim? other) =>
        other is null || At > other.At || (At == other.At && Address.Digest.Value.CompareTo(other.Address.Digest.Value) > 0);
}

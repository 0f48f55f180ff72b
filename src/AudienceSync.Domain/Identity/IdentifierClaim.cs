namespace AudienceSync.Domain.Identity;

/// <summary>An address that an anchor said, and when it said so last.</summary>
/// <param name="Address">Its digest, under which its owner is found.</param>
/// <param name="Text">As it was sent, trimmed.</param>
/// <param name="Country">By which a national phone number is read (ISO 3166-1 alpha-2); empty for an e-mail address.</param>
/// <param name="Hashed">In which form the text is a hash that the sender made; none when it is plain.</param>
/// <param name="At">The sender's time.</param>
public sealed record IdentifierClaim(Alias Address, string Text, string Country, HashedFields Hashed, DateTimeOffset At)
{
    /// <summary>The form of <see cref="Text"/> that <see cref="Address"/> is the digest of, and that platforms are sent.</summary>
    public string? Canonical { get; init; }

    /// <summary>The version of the reader that made <see cref="Canonical"/>.</summary>
    public short Parser { get; init; }

    /// <summary>Personal data never reaches a log by accident.</summary>
    public override string ToString() => "IdentifierClaim(***)";

    /// <summary>Whether this one is said later; a tie is broken by the digest, so that any order of arrival settles alike.</summary>
    public bool IsLaterThan(IdentifierClaim? other) =>
        other is null || At > other.At || (At == other.At && Address.Digest.Value.CompareTo(other.Address.Digest.Value) > 0);
}

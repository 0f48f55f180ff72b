namespace AudienceSync.Domain.Syncing;

/// <summary>A member by index in the call, and why the member was refused, as a stable code.</summary>
public readonly record struct RefusedMember(int Index, string Reason)
{
    /// <summary>Nothing by which the platform could match a person.</summary>
    public const string NoUsableIdentifier = "no_usable_identifier";

    /// <summary>The member was delivered by a newer version of this program, so the digests cannot be computed here.</summary>
    public const string UnknownNormalizer = "unknown_normalizer_version";
}

namespace AudienceSync.Domain.Identity;

/// <summary>What a batch of webhooks changed in an <see cref="IdentityResolver"/>.</summary>
public sealed class IdentityChanges
{
    /// <summary>Anchors that are new.</summary>
    public HashSet<PersonId> Made { get; } = [];

    /// <summary>Anchors whose own claims changed, so that their vault must be written.</summary>
    public HashSet<PersonId> Claimed { get; } = [];

    /// <summary>Anchors whose owner changed.</summary>
    public HashSet<PersonId> Linked { get; } = [];

    /// <summary>People whose identifiers may have changed; each root among them must be composed.</summary>
    public HashSet<PersonId> Affected { get; } = [];

    /// <summary>Aliases that are new or lead to another person.</summary>
    public HashSet<AliasDigest> Bindings { get; } = [];
}

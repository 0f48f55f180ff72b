namespace AudienceSync.Domain.Identity;

/// <summary>What a batch of webhooks changed in an <see cref="IdentityResolver"/>.</summary>
public sealed class IdentityChanges
{
    /// <summary>Anchors that are new.</summary>
    public HashSet<PersonId> Made { get; } = [];

    /// <summary>Anchors whose own sayings changed, so that their vault must be written.</summary>
    public HashSet<PersonId> Claimed { get; } = [];

    /// <summary>Anchors that are linked to somebody else than before.</summary>
    public HashSet<PersonId> Linked { get; } = [];

    /// <summary>People who may be reached otherwise than before; whoever of them is a root must be composed.</summary>
    public HashSet<PersonId> Affected { get; } = [];

    /// <summary>Aliases that are new or lead elsewhere.</summary>
    public HashSet<AliasDigest> Bindings { get; } = [];
}

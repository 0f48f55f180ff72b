namespace AudienceSync.Domain.Identity;

/// <summary>
/// What the vault holds of an anchor under one revision: what it said itself, and by what the person is reached, which for a root includes
/// what its linked anchors said, and leaves out addresses that belong to others.
/// </summary>
public sealed record IdentifierRevision(IdentifierClaims Own, PersonIdentifiers Identifiers)
{
    /// <summary>Personal data never reaches a log by accident.</summary>
    public override string ToString() => "IdentifierRevision(***)";
}

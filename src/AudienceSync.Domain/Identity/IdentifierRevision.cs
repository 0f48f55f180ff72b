namespace AudienceSync.Domain.Identity;

/// <summary>
/// What the vault holds for an anchor under one revision: its own claims, and the identifiers by which the person is reached. For a root
/// these include the claims of its linked anchors, and exclude addresses that belong to other people.
/// </summary>
public sealed record IdentifierRevision(IdentifierClaims Own, PersonIdentifiers Identifiers)
{
    /// <summary>Keeps personal data out of logs.</summary>
    public override string ToString() => "IdentifierRevision(***)";
}

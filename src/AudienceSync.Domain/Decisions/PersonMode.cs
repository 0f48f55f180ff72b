using AudienceSync.Domain.Audiences;
using AudienceSync.Domain.Events;
using AudienceSync.Domain.Membership;

namespace AudienceSync.Domain.Decisions;

/// <summary>
/// For the rows of one person as of now. Whatever a version has not yet taken over from its predecessor it takes over here, and every event
/// of a predecessor counts for it: so the version is complete from its publication, however far the sweep over its predecessor's rows is.
/// </summary>
internal sealed record PersonMode : FoldMode
{
    public PersonMode(AudienceKeySet keys)
        : base(keys, KeyScope.AllKeys) =>
        OpenSuccessors = keys.AnySuccessors ? [.. keys.All.Where(key => key.InheritsFrom is not null).OrderBy(key => key.KeyId)] : [];

    public override bool IsFoldedFor(PublishedKey successor, Position position) => true;
}

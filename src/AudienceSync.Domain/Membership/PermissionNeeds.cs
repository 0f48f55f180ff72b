using AudienceSync.Domain.Identity;
using AudienceSync.Domain.Permission;

namespace AudienceSync.Domain.Membership;

/// <summary>
/// The permission facts of one page of the log, and whose permissions must be loaded to fold them. As in membership, each anchor has the
/// state from its own events, and the targeting restrictions of a person follow from all of the person's anchors
/// (docs/decisions/0009, 0013).
/// </summary>
/// <remarks>
/// <b>What is not written.</b> A webhook that repeats a yes of a person who never refused changes nothing that is visible, so nothing is
/// written, and where the person's row of the audience shows the yes, nothing is looked up. The cost comes with the first no in a group:
/// the streams of those of its anchors that have not stored every time are read once (<see cref="HistoryNeeds"/>).
/// </remarks>
public sealed class PermissionNeeds
{
    private readonly AnchorGroups _groups;
    private readonly IReadOnlyList<AnchorPermission> _facts;
    private readonly IReadOnlyCollection<PersonId> _roots;

    /// <param name="groups">The groups after the page.</param>
    /// <param name="facts">The facts that may change something.</param>
    /// <param name="roots">The people whose restrictions are needed, among them everyone with a fact.</param>
    public PermissionNeeds(AnchorGroups groups, IReadOnlyList<AnchorPermission> facts, IReadOnlyCollection<PersonId> roots)
    {
        (_groups, _facts, _roots) = (groups, facts, roots);
        Anchors = [.. (groups.IsEmpty ? roots : roots.SelectMany(groups.AnchorsOf)).Select(anchor => anchor.Value)];
    }

    /// <summary>The anchors whose stored permissions are needed.</summary>
    public List<Guid> Anchors { get; }

    /// <summary>The next step, with the stored permissions.</summary>
    public HistoryNeeds With(IReadOnlyDictionary<PersonId, Permissions> stored) => new(_groups, _facts, _roots, stored);
}

namespace AudienceSync.Domain.Membership;

/// <summary>Everything that a page is folded over.</summary>
/// <param name="Links">Links before and after the page.</param>
/// <param name="Rows">The stored rows: those of <see cref="PageNeeds"/>, and all rows of people whose restrictions changed.</param>
/// <param name="Permissions">The permissions after the page.</param>
public sealed record PageSnapshot(PageLinks Links, IReadOnlyDictionary<RowId, MembershipRow> Rows, FoldedPermissions Permissions)
{
    /// <summary>The anchors of people whose restrictions changed; the rows of all their keys belong to <see cref="Rows"/>.</summary>
    public static List<Guid> RestrictedAnchors(PageLinks links, FoldedPermissions permissions) =>
        [.. permissions.Restricted.SelectMany(links.Groups.AnchorsOf).Select(anchor => anchor.Value)];
}

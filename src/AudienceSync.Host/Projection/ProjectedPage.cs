using AudienceSync.Domain.History;
using AudienceSync.Domain.Identity;
using AudienceSync.Domain.Membership;
using AudienceSync.Domain.Permission;

namespace AudienceSync.Host.Projection;

/// <summary>Everything that one page of the log changed; written together with the cursor.</summary>
/// <param name="Rows">Memberships.</param>
/// <param name="Links">Changed links: person and present owner.</param>
/// <param name="Permissions">Permissions of anchors.</param>
public sealed record ProjectedPage(
    IReadOnlyCollection<MembershipRow> Rows,
    IReadOnlyDictionary<PersonId, PersonId> Links,
    IReadOnlyDictionary<PersonId, Permissions> Permissions
)
{
    /// <summary>The progress of a successor; null when it is not a page of inheritance.</summary>
    public InheritedPage? Inherited { get; init; }

    /// <summary>How far the arms of a key were determined; null when it is not a page of that.</summary>
    public AssignedPage? Assigned { get; init; }

    private static readonly IReadOnlyDictionary<PersonId, PersonId> NoLinks = new Dictionary<PersonId, PersonId>();

    private static readonly IReadOnlyDictionary<PersonId, Permissions> NoPermissions = new Dictionary<PersonId, Permissions>();

    /// <summary>
    /// What it adds to the hourly counts. A page that rewrites memberships, as in a rebuild, adds nothing: the counts follow from the log
    /// alone.
    /// </summary>
    public IReadOnlyCollection<(int KeyId, DateTimeOffset Hour, HourChange Change)> Hours { get; init; } = [];

    /// <summary>What it adds to the counts of late events.</summary>
    public IReadOnlyCollection<LateCount> Late { get; init; } = [];

    /// <summary>Everything that a page of the log changes.</summary>
    public static ProjectedPage Of(PageResult result) =>
        new(result.Rows, result.Links, result.Permissions) { Hours = result.Hours, Late = result.Late };

    /// <summary>Only memberships changed.</summary>
    public static ProjectedPage Of(IReadOnlyCollection<MembershipRow> rows) => new(rows, NoLinks, NoPermissions);
}

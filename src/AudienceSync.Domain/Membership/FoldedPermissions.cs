using AudienceSync.Domain.Identity;
using AudienceSync.Domain.Permission;

namespace AudienceSync.Domain.Membership;

/// <summary>The permissions after a page.</summary>
/// <param name="Changed">Permissions to store.</param>
/// <param name="Sums">The permissions of each person that the page needed.</param>
/// <param name="Restricted">The people whose restrictions have changed: their rows of all keys are needed.</param>
public sealed record FoldedPermissions(
    IReadOnlyDictionary<PersonId, Permissions> Changed,
    IReadOnlyDictionary<PersonId, Permissions> Sums,
    IReadOnlySet<PersonId> Restricted
)
{
    public static readonly FoldedPermissions None = new(
        new Dictionary<PersonId, Permissions>(),
        new Dictionary<PersonId, Permissions>(),
        new HashSet<PersonId>()
    );
}

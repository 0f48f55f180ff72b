using AudienceSync.Domain.Identity;
using AudienceSync.Domain.Permission;

namespace AudienceSync.Domain.Membership;

/// <summary>A permission fact about an anchor.</summary>
public readonly record struct AnchorPermission(PersonId Anchor, PermissionFact Fact);

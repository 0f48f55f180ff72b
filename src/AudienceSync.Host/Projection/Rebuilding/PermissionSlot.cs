using AudienceSync.Domain.Permission;

namespace AudienceSync.Host.Projection.Rebuilding;

/// <summary>The permissions of one anchor. Almost all anchors only ever have a yes: that takes two times, and no object.</summary>
internal struct PermissionSlot
{
    private static readonly DateTimeOffset Granted = DateTimeOffset.UnixEpoch;

    private static readonly TargetingRestrictions[] YesRestrictions =
    [
        .. Enumerable
            .Range(0, 4)
            .Select(yes =>
                new PermissionSlot
                {
                    _userData = (yes & 1) != 0 ? Granted.UtcTicks : 0,
                    _personalization = (yes & 2) != 0 ? Granted.UtcTicks : 0,
                }
                    .Whole()
                    .Restrictions
            ),
    ];

    private long _userData;
    private long _personalization;
    private Permissions? _whole;

    public readonly bool IsWhole => _whole is not null;

    public void Apply(PermissionFact fact)
    {
        if (_whole is null && fact is { Yes: true, Topic: PermissionTopic.UserData })
        {
            _userData = Math.Max(_userData, fact.At.UtcTicks);
        }
        else if (_whole is null && fact is { Yes: true, Topic: PermissionTopic.Personalization })
        {
            _personalization = Math.Max(_personalization, fact.At.UtcTicks);
        }
        else
        {
            _whole = Whole().Apply(fact);
        }
    }

    public readonly TargetingRestrictions Restrictions =>
        _whole?.Restrictions ?? YesRestrictions[(_userData != 0 ? 1 : 0) + (_personalization != 0 ? 2 : 0)];

    public readonly Permissions Whole() =>
        _whole ?? Permissions.Unspecified with { UserData = Yes(_userData), Personalization = Yes(_personalization) };

    private static YesNo Yes(long ticks) => ticks == 0 ? default : new YesNo(new DateTimeOffset(ticks, TimeSpan.Zero), null);
}

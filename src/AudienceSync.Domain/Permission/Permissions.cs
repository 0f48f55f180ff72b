namespace AudienceSync.Domain.Permission;

/// <summary>
/// What the events state about the permissions of one anchor, or of all anchors of a person together.
/// <para>
/// <b>Why not every yes needs to be kept.</b> As long as there was no no, any yes is as good as the latest; most webhooks repeat it, and
/// none of them then costs a write. After the first no the times matter: then the stream is read once, all of it is kept, and from then on
/// every answer is (<see cref="Exact"/>).
/// </para>
/// </summary>
public sealed record Permissions
{
    private static readonly IReadOnlyDictionary<string, YesNo> NoDestinations = new Dictionary<string, YesNo>(StringComparer.Ordinal);

    public static readonly Permissions Unspecified = new();

    public YesNo UserData { get; init; }

    public YesNo Personalization { get; init; }

    /// <summary>Suppression everywhere.</summary>
    public YesNo Targeting { get; init; }

    /// <summary>When erasure was requested; null when never.</summary>
    public DateTimeOffset? ErasingAt { get; init; }

    /// <summary>Suppression at single destinations.</summary>
    public IReadOnlyDictionary<string, YesNo> TargetingAt { get; init; } = NoDestinations;

    /// <summary>Whether every time is the latest that was stated.</summary>
    public bool Exact { get; init; }

    public bool EverRefused =>
        ErasingAt is not null
        || UserData.NoAt is not null
        || Personalization.NoAt is not null
        || Targeting.NoAt is not null
        || TargetingAt.Values.Any(stated => stated.NoAt is not null);

    /// <summary>Whether an answer is a yes that was stated before, and whose time does not matter as long as there is no no.</summary>
    public bool IsRepeatedBy(PermissionFact fact) =>
        fact.Yes
        && !Exact
        && !EverRefused
        && fact.Topic switch
        {
            PermissionTopic.UserData => UserData.YesAt is not null,
            PermissionTopic.Personalization => Personalization.YesAt is not null,
            _ => false,
        };

    public Permissions Apply(PermissionFact fact) =>
        fact.Topic switch
        {
            PermissionTopic.UserData => this with { UserData = UserData.Apply(fact.Yes, fact.At) },
            PermissionTopic.Personalization => this with { Personalization = Personalization.Apply(fact.Yes, fact.At) },
            PermissionTopic.Existence => this with { ErasingAt = ErasingAt is { } known && known >= fact.At ? known : fact.At },
            _ when fact.Destination is { } name => this with
            {
                TargetingAt = With(TargetingAt, name, TargetingAt.GetValueOrDefault(name).Apply(fact.Yes, fact.At)),
            },
            _ => this with { Targeting = Targeting.Apply(fact.Yes, fact.At) },
        };

    /// <summary>The combined permissions of two anchors of one person.</summary>
    public Permissions With(Permissions other)
    {
        var targetingAt = TargetingAt;
        foreach (var (name, stated) in other.TargetingAt)
        {
            targetingAt = With(targetingAt, name, targetingAt.GetValueOrDefault(name).With(stated));
        }

        return new Permissions
        {
            UserData = UserData.With(other.UserData),
            Personalization = Personalization.With(other.Personalization),
            Targeting = Targeting.With(other.Targeting),
            ErasingAt = ErasingAt ?? other.ErasingAt,
            TargetingAt = targetingAt,
            Exact = Exact && other.Exact,
        };
    }

    public TargetingRestrictions Restrictions =>
        (Targeting.IsNo ? TargetingRestrictions.Suppressed : TargetingRestrictions.None)
        | (TargetingAt.Values.Any(stated => stated.IsNo) ? TargetingRestrictions.SuppressedSomewhere : TargetingRestrictions.None)
        | (
            UserData.IsYes ? TargetingRestrictions.UserDataGranted
            : UserData.IsNo ? TargetingRestrictions.UserDataDenied
            : TargetingRestrictions.None
        )
        | (
            Personalization.IsYes ? TargetingRestrictions.PersonalizationGranted
            : Personalization.IsNo ? TargetingRestrictions.PersonalizationDenied
            : TargetingRestrictions.None
        )
        | (ErasingAt is null ? TargetingRestrictions.None : TargetingRestrictions.Erasing)
        | (EverRefused ? TargetingRestrictions.EverRefused : TargetingRestrictions.None);

    /// <summary>The destinations at which the person is suppressed by name, in order; null when there are none.</summary>
    public string[]? RestrictedAt =>
        TargetingAt.Values.Any(stated => stated.IsNo)
            ? [.. TargetingAt.Where(stated => stated.Value.IsNo).Select(stated => stated.Key).Order(StringComparer.Ordinal)]
            : null;

    private static Dictionary<string, YesNo> With(IReadOnlyDictionary<string, YesNo> known, string name, YesNo stated) =>
        new(known, StringComparer.Ordinal) { [name] = stated };
}

namespace AudienceSync.Domain.Audiences;

/// <summary>The immutable properties of an audience key.</summary>
/// <param name="Key">Its name.</param>
/// <param name="Window">How long an add holds; null when it holds until a remove.</param>
public sealed record KeyVersion(AudienceKey Key, TimeSpan? Window);

/// <summary>The immutable terms of a key version (design section 3). Other terms need another version.</summary>
/// <param name="WindowS">Seconds that an add holds; null when it holds until a remove.</param>
/// <param name="MatchKeys">The identifiers by which a platform may match its members.</param>
/// <param name="Consent">The consent it requires.</param>
/// <param name="Inherits">Whether past and later events of its predecessor count for it.</param>
public sealed record KeyTerms(
    long? WindowS,
    MatchKeys MatchKeys = MatchKeys.All,
    ConsentPolicy Consent = ConsentPolicy.Assumed,
    bool Inherits = false
);

/// <summary>
/// The consent that an audience key requires. A denial excludes a person under either policy. The numbers are stored; never renumber.
/// </summary>
public enum ConsentPolicy : short
{
    /// <summary>A person without an answer may be targeted.</summary>
    Assumed = 1,

    /// <summary>Both purposes must have been granted.</summary>
    Required = 2,
}

/// <summary>
/// Where events of a version go that feeds nothing any more because another was promoted over it. Until it is retired, senders that do not
/// yet use the new version continue to send the old one.
/// </summary>
public enum LateEvents
{
    /// <summary>They count for the version, and for those that inherit from it, so that a rollback finds it complete.</summary>
    Keep = 1,

    /// <summary>They wait in quarantine. If released while the version still drains, they are quarantined again.</summary>
    Quarantine = 2,
}

/// <summary>The identifiers by which a key lets a platform match a person. The numbers are stored; never renumber.</summary>
[Flags]
public enum MatchKeys
{
    None = 0,
    Email = 1,
    Phone = 2,
    CustomerId = 4,
    DeviceId = 8,

    /// <summary>Name, place, birth date and gender, which platforms match only together.</summary>
    Details = 16,
    All = Email | Phone | CustomerId | DeviceId | Details,
}

namespace AudienceSync.Domain.Audiences;

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

namespace AudienceSync.Domain.Audiences;

/// <summary>
/// Where events of a version go that feeds nothing any more because another was promoted over it. Until it is retired, senders that have not heard of
/// the switch go on naming it.
/// </summary>
public enum LateEvents
{
    /// <summary>They count for the version, and for those that inherit from it, so that a roll back finds it as if nothing had happened.</summary>
    Keep = 1,

    /// <summary>They wait in quarantine. Released while the version still drains, they wait on.</summary>
    Quarantine = 2,
}

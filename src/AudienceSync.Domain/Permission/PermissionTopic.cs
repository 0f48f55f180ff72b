namespace AudienceSync.Domain.Permission;

/// <summary>What a person, or someone on the person's behalf, can answer with yes or no.</summary>
public enum PermissionTopic
{
    /// <summary>May the person's data be sent to an ad platform.</summary>
    UserData = 1,

    /// <summary>May ads be personalized for the person.</summary>
    Personalization,

    /// <summary>May the person be targeted at all: a suppression is a no, its lifting a yes.</summary>
    Targeting,

    /// <summary>May the person's data be held: an erasure is a permanent no.</summary>
    Existence,
}

namespace AudienceSync.Domain.Permission;

/// <summary>What a person, or somebody on his behalf, can say yes or no to.</summary>
public enum PermissionTopic
{
    /// <summary>May his data be sent to an ad platform.</summary>
    UserData = 1,

    /// <summary>May ads be made personal to him.</summary>
    Personalization,

    /// <summary>May he be targeted at all: a suppression is a no, its lifting a yes.</summary>
    Targeting,

    /// <summary>May he be known: an erasure is a no for good.</summary>
    Existence,
}

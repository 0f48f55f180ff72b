namespace AudienceSync.Domain.Events;

/// <summary>Permission for one purpose, as the sender stated it.</summary>
public enum ConsentAnswer
{
    Unspecified = 0,
    Granted = 1,
    Denied = 2,
}

/// <summary>Permission by purpose (the two purposes of the platforms' consent signals).</summary>
public readonly record struct Consent(ConsentAnswer AdUserData, ConsentAnswer AdPersonalization)
{
    public bool IsStated => AdUserData != ConsentAnswer.Unspecified || AdPersonalization != ConsentAnswer.Unspecified;
}

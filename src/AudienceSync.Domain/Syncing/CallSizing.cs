namespace AudienceSync.Domain.Syncing;

/// <summary>What a response shows about the number of members that a call may have.</summary>
public enum CallSizing
{
    /// <summary>Nothing.</summary>
    Unchanged = 0,

    /// <summary>So many were accepted.</summary>
    Accepted,

    /// <summary>The call was refused as a whole: the next one has fewer.</summary>
    Refused,
}

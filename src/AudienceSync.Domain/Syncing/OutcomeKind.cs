namespace AudienceSync.Domain.Syncing;

/// <summary>
/// The closed set of meanings of a platform's answer (design section 7). Every connector maps to these and to nothing else.
/// </summary>
public enum OutcomeKind
{
    /// <summary>Every member sent was accepted.</summary>
    Done = 1,

    /// <summary>Accepted, except for the rejected members that the result names.</summary>
    PartlyDone,

    /// <summary>Unknown, or not done: repeat the same call after a backoff. Costs an attempt.</summary>
    Retry,

    /// <summary>The account must wait. Costs no attempt.</summary>
    Snooze,

    /// <summary>The call was too large or one row causes it to fail: halve it and try the halves.</summary>
    SplitBatch,

    /// <summary>This remote audience needs a human.</summary>
    StopAudience,

    /// <summary>The whole account needs a human: token, permission, terms.</summary>
    StopAccount,
}

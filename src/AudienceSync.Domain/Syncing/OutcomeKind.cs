namespace AudienceSync.Domain.Syncing;

/// <summary>The closed set of what a platform's answer can mean to us (design section 7). Every connector maps to these and to nothing else.</summary>
public enum OutcomeKind
{
    /// <summary>Every member sent was taken.</summary>
    Done = 1,

    /// <summary>Taken, except for the rejected members that the result names.</summary>
    PartlyDone,

    /// <summary>Not known, or not done: the same call again after a backoff. Costs an attempt.</summary>
    Retry,

    /// <summary>The account must wait. Costs no attempt.</summary>
    Snooze,

    /// <summary>The call was too large or one row spoils it: halve it and try the halves.</summary>
    SplitBatch,

    /// <summary>This remote audience needs a human.</summary>
    StopAudience,

    /// <summary>The whole account needs a human: token, permission, terms.</summary>
    StopAccount,
}

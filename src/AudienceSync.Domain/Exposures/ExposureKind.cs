namespace AudienceSync.Domain.Exposures;

/// <summary>What a row of the exposure log states. The numbers are stored, and the view <c>exposure_events</c> has the names.</summary>
public enum ExposureKind : short
{
    /// <summary>The journey's own exposure webhook.</summary>
    Exposed = 1,
    MessageSent = 2,
    MessageDelivered = 3,
    MessageOpened = 4,
    MessageClicked = 5,
    MessageBounced = 6,
    MessageComplained = 7,
    MessageUnsubscribed = 8,

    /// <summary>An experiment assigned the person to an arm.</summary>
    Assigned = 9,

    /// <summary>A spell began: the journey wants the person in the audience.</summary>
    Eligible = 10,

    /// <summary>A spell ended for another reason than its window.</summary>
    Ineligible = 11,

    /// <summary>The person was sent for the first time in the spell.</summary>
    Sent = 12,

    /// <summary>The platform has the person.</summary>
    Acknowledged = 13,

    /// <summary>A job that a platform had accepted has added the person.</summary>
    Confirmed = 14,

    /// <summary>The platform refused the person.</summary>
    Rejected = 15,

    /// <summary>We refused the person before sending.</summary>
    Invalid = 16,

    /// <summary>Reserved: nothing writes it yet.</summary>
    Parked = 17,

    /// <summary>The removal was sent.</summary>
    RemovedSent = 18,

    /// <summary>The platform no longer has the person.</summary>
    RemovedAcknowledged = 19,

    /// <summary>A spell ended with its window.</summary>
    Expired = 20,

    /// <summary>The person may not be targeted any more, everywhere or at one destination.</summary>
    Suppressed = 21,

    /// <summary>The person was erased; nothing leads from the rows to them any more.</summary>
    Erased = 22,
}

/// <summary>The arm of an experiment. The numbers are stored.</summary>
public enum ExposureArm : short
{
    None = 0,
    Treatment = 1,
    Holdout = 2,
}

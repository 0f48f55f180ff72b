namespace AudienceSync.Domain.Exposures;

/// <summary>What was delivered of a spell at one binding.</summary>
public sealed record ExposureSend(long SpellId, int BindingId)
{
    /// <summary>The first time in the spell.</summary>
    public DateTimeOffset? SentAt { get; init; }

    /// <summary>The first time in the spell.</summary>
    public DateTimeOffset? AcknowledgedAt { get; init; }

    /// <summary>The first removal since the person was last there.</summary>
    public DateTimeOffset? RemovedAt { get; init; }

    public DateTimeOffset? RemovedAcknowledgedAt { get; init; }
}

/// <summary>What a delivery did, as the table of deliveries numbers it.</summary>
public enum DeliveryKind : short
{
    /// <summary>An add of somebody whom the platform did not have.</summary>
    Add = 1,

    Remove = 2,

    /// <summary>An add of somebody whom the platform may have already.</summary>
    Refresh = 3,
}

/// <summary>One member of a delivery.</summary>
/// <param name="Kind">What was to be done.</param>
/// <param name="Result">One of <see cref="Syncing.DeliveryResults"/>.</param>
/// <param name="At">When.</param>
/// <param name="BindingId">Where.</param>
/// <param name="RunId">The run.</param>
/// <param name="CallId">The call; null when none was made.</param>
/// <param name="IsJobEnd">Whether it is the end of a job that a call began.</param>
public readonly record struct ExposureDelivery(
    DeliveryKind Kind,
    string Result,
    DateTimeOffset At,
    int BindingId,
    long? RunId,
    long? CallId,
    bool IsJobEnd
);

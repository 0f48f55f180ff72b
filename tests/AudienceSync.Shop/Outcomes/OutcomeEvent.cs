using AudienceSync.Shop.Simulation;

namespace AudienceSync.Shop.Outcomes;

/// <summary>What happened to a message, or what a customer answered about messages in general.</summary>
internal enum OutcomeKind
{
    Delivered,
    Opened,
    OpenedByMachine,
    Clicked,
    ClickedByMachine,
    HardBounced,
    SoftBounced,
    Complained,
    Unsubscribed,
    Subscribed,
    PreferencesChanged,

    /// <summary>A flawed event: it proves nothing.</summary>
    Nothing,
}

internal enum OutcomeChannel
{
    Email,
    Sms,
}

/// <summary>
/// The intentional flaw of an event of the reporting stream. The receiver must accept all of them: a refusal stops the stream.
/// </summary>
internal enum OutcomeFlaw
{
    None,

    /// <summary>A metric or channel that does not exist yet.</summary>
    UnknownMetric,

    /// <summary>The person was deleted in the meantime: no identifier is left.</summary>
    NoPerson,

    /// <summary>Not the JSON of an event.</summary>
    DamagedBody,
}

/// <summary>One event of the reporting stream; a repeat has the same bytes and the same id.</summary>
/// <param name="Customer">0 for a flawed event.</param>
/// <param name="At">Exactly the time in the body.</param>
/// <param name="Identifiers">The identifiers in the body, beside the sender's own cio_id.</param>
internal sealed record OutcomeEvent(
    int Number,
    int Customer,
    OutcomeChannel Channel,
    OutcomeKind Kind,
    DateTimeOffset At,
    Identifiers Identifiers,
    OutcomeFlaw Flaw,
    string Json
);

using AudienceSync.Domain.Decisions;

namespace AudienceSync.Host.Decisions;

/// <summary>How a decision was asked for. The numbers are stored; never renumber.</summary>
public enum DecisionVia : short
{
    Question = 1,
    WebhookResponse = 2,
}

/// <summary>How a decision ended. The numbers are stored; never renumber.</summary>
public enum DecisionOutcome : short
{
    Answered = 1,
    TimedOut = 2,
    StorageFailed = 3,
}

/// <summary>What is logged of a decision: nothing about whom.</summary>
/// <param name="At">When it was answered.</param>
/// <param name="Source">Who asked.</param>
/// <param name="Via">How.</param>
/// <param name="Outcome">How it ended.</param>
/// <param name="Known">Whether the person is known; null for a fallback.</param>
/// <param name="Duration">From the question to the answer.</param>
/// <param name="Fields">The fields of the answer.</param>
/// <param name="Asked">The published audiences and keys that were asked for.</param>
/// <param name="Present">Those of them that the person is in.</param>
/// <param name="Unknown">How many names were neither: only their number, because a sender may put anything there.</param>
internal sealed record DecisionRecord(
    DateTimeOffset At,
    string Source,
    DecisionVia Via,
    DecisionOutcome Outcome,
    bool? Known,
    TimeSpan Duration,
    DecisionFields Fields,
    IReadOnlyList<string> Asked,
    IReadOnlyList<string> Present,
    int Unknown
);

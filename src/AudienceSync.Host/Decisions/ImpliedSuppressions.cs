using AudienceSync.Domain.Events;
using AudienceSync.Domain.Outcomes;

namespace AudienceSync.Host.Decisions;

/// <summary>
/// The suppressions that follow from outcomes whose consequences the policy's subscription has not appended yet, so that a decision is not
/// behind an outcome that was acknowledged. They have the time that the appended ones will have, so one that is counted twice changes
/// nothing. A lifting counts once it is appended: until then a person stays suppressed.
/// </summary>
internal static class ImpliedSuppressions
{
    /// <param name="outcomes">Of one person.</param>
    /// <param name="engagement">Of that person, with these outcomes.</param>
    /// <param name="policy">Of the workspace.</param>
    public static IReadOnlyList<LogEvent> Of(IEnumerable<LogEvent> outcomes, Engagement engagement, OutcomePolicy policy) =>
        [
            .. from logged in outcomes
            let outcome = (MessageOutcomeRecorded)EventJson.Read(logged.Type, logged.Data)
            from consequence in policy.ConsequencesOf(outcome, engagement)
            where !consequence.Lifts
            select Suppression(logged, outcome.Source, consequence),
        ];

    private static LogEvent Suppression(LogEvent outcome, string source, OutcomeConsequence consequence)
    {
        var suppressed = new PersonSuppressed(consequence.At, source, consequence.Destination, consequence.Reason);
        return outcome with { Type = EventTypes.AliasOf(suppressed), Data = EventJson.Write(suppressed) };
    }
}

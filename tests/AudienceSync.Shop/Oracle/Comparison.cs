using AudienceSync.Shop.Destinations;
using AudienceSync.Shop.Outcomes;
using AudienceSync.Shop.Reporting;
using AudienceSync.Shop.Sending;
using AudienceSync.Shop.Simulation;
using AudienceSync.Shop.Watching;

namespace AudienceSync.Shop.Oracle;

/// <summary>Compares the oracle with the engine's own counts and with the platforms.</summary>
/// <param name="status">Null when the engine returned none.</param>
/// <param name="platforms">By audience key and destination.</param>
internal sealed class Comparison(
    Play play,
    Tally tally,
    OutcomeTally outcomes,
    EngineStatus? status,
    IReadOnlyDictionary<(string Key, Destination Destination), PlatformList> platforms
)
{
    private const int MaxExamples = 5;

    /// <summary>Who must be in which audience where, and who may not be at any platform.</summary>
    public (IReadOnlyList<ExpectedAudience> Audiences, OutcomeOracle Outcomes) Expect(DateTimeOffset now)
    {
        var outcome = new OutcomeOracle(outcomes.Acknowledged);
        return (new MembershipOracle(play.Customers).Evaluate(tally.Accepted, outcome.Suppressed, now), outcome);
    }

    /// <param name="earlierFailures">Failures that occurred before the comparison.</param>
    public RunReport Evaluate(DateTimeOffset now, double seconds, IEnumerable<string> earlierFailures)
    {
        var accepted = tally.Accepted;
        var (expected, outcome) = Expect(now);
        var examples = expected
            .SelectMany(audience =>
                DriftExamples.Find(audience, platforms[(audience.Key, audience.Destination)].Digests, play.Customers, MaxExamples)
            )
            .Take(MaxExamples);
        return new RunReport(
            tally.Counts,
            status?.People ?? -1,
            [.. expected.Select(Find)],
            seconds,
            [.. earlierFailures, .. AnswerFailures(), .. Undecided(expected), .. AccountFailures(accepted)],
            [.. examples],
            MixedIn.Of(play)
        )
        {
            Outcomes = outcomes.Counts,
            Suppressed = outcome.Suppressed.Count,
        };
    }

    private AudienceFinding Find(ExpectedAudience expected)
    {
        var found = platforms[(expected.Key, expected.Destination)];
        return new AudienceFinding(
            expected.Key,
            expected.Destination.Name,
            expected.Members.Count,
            status?.Audiences.FirstOrDefault(audience => audience.Key == expected.Key)?.Present ?? -1,
            status
                ?.Bindings.FirstOrDefault(binding => binding.Key == expected.Key && binding.Destination == expected.Destination.Name)
                ?.Delivered
                ?? -1,
            found.People,
            expected.Digests.DistanceTo(found.Digests)
        );
    }

    private IEnumerable<string> AnswerFailures()
    {
        if (tally.Counts.Unknown > 0)
        {
            yield return $"{tally.Counts.Unknown} webhooks never received a valid answer";
        }

        foreach (var violation in tally.Violations.Concat(outcomes.Violations))
        {
            yield return violation;
        }
    }

    // The shop never sends one fact in two versions, so an id that the engine counts as reused was mistaken for the id of another event.
    private static IEnumerable<string> SourceFailures(IReadOnlyList<AcceptedEvent> accepted, EngineStatus status)
    {
        long Counted(string code) => (status.Sources ?? []).Where(source => source.Code == code).Sum(source => source.Events);
        foreach (var expected in accepted.SelectMany(item => item.Event.ExpectedWarnings()).CountBy(code => code))
        {
            if (Counted(expected.Key) < expected.Value)
            {
                yield return $"{expected.Value} events were accepted with {expected.Key}, the engine counts {Counted(expected.Key)}";
            }
        }

        if (Counted("id_reused") is var reused and > 0)
        {
            yield return $"the engine mistook {reused} events for other events with the same id; expected none";
        }
    }

    private static IEnumerable<string> Undecided(IReadOnlyList<ExpectedAudience> expected) =>
        expected
            .Where(audience => audience.Undecided.Count > 0 && audience.Destination == DestinationList.Meta)
            .Select(audience =>
                $"{audience.Key}: {audience.Undecided.Count} customers cannot be evaluated because "
                + "their events were received at nearly the same time; run it again"
            );

    private IEnumerable<string> AccountFailures(IReadOnlyList<AcceptedEvent> accepted)
    {
        if (status is null)
        {
            yield break;
        }

        // The engine also writes its own events (links), so its counts may be higher, never lower.
        var accounted = status.Projector.Applied + status.Projector.Superseded;
        if (accounted < accepted.Count || status.Log.Head < accepted.Count)
        {
            yield return $"{accepted.Count} distinct events were accepted, but the log head is {status.Log.Head} "
                + $"and applied + superseded is {accounted}";
        }

        var quarantined = tally.Counts.Quarantined;
        if (status.Quarantine.Open < quarantined || status.Quarantine.Open > quarantined + tally.QuarantineRepeats + outcomes.Counts.Kept)
        {
            yield return $"{quarantined} events were answered as quarantined, the engine holds {status.Quarantine.Open}";
        }

        foreach (var failure in SourceFailures(accepted, status))
        {
            yield return failure;
        }

        var people = accepted.Select(item => item.Event.Customer).Distinct().Count();
        if (status.People != people)
        {
            yield return $"{people} different customers were accepted, the engine has {status.People} people";
        }

        foreach (
            var (key, destination) in platforms.Keys.Where(list =>
                !status.Bindings.Any(binding => binding.Key == list.Key && binding.Destination == list.Destination.Name)
            )
        )
        {
            yield return $"the engine reports no binding for {key} at {destination.Name}";
        }
    }
}

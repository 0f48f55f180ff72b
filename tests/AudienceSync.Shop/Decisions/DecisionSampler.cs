using AudienceSync.Shop.Journeys;
using AudienceSync.Shop.Oracle;
using AudienceSync.Shop.Outcomes;
using AudienceSync.Shop.Sending;
using AudienceSync.Shop.Simulation;

namespace AudienceSync.Shop.Decisions;

/// <summary>
/// Asks the engine about random customers and compares each answer with the oracle. Compared is only a customer about whom nothing was
/// under way from before the question until after the answer: then the engine must count exactly what it acknowledged.
/// </summary>
internal sealed class DecisionSampler(
    DecisionApi api,
    Play play,
    Tally tally,
    OutcomeTally outcomes,
    InFlight inFlight,
    int seed,
    TimeProvider time
)
{
    private const int MaxExamples = 5;
    private const int SeedOffset = 9_001;

    private static readonly Identifiers[] Kinds = [Identifiers.CustomerId, Identifiers.Email, Identifiers.Phone];

    private readonly Random _random = new(unchecked(seed + SeedOffset));

    /// <summary>Asks at a pace until it is canceled.</summary>
    public async Task<DecisionFinding> SampleAsync(TimeSpan pause, CancellationToken stop)
    {
        var finding = DecisionFinding.None;
        while (!stop.IsCancellationRequested)
        {
            finding = Limit(finding.With(await AskAsync(NextCustomer(), CancellationToken.None)));
            await Task.Delay(pause, time, stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        return finding;
    }

    /// <summary>Asks a number of times, and about each of some customers.</summary>
    public async Task<DecisionFinding> SampleAsync(int count, IEnumerable<int> also, CancellationToken cancel)
    {
        var finding = DecisionFinding.None;
        foreach (var customer in also.Concat(Enumerable.Range(0, count).Select(_ => NextCustomer())))
        {
            finding = Limit(finding.With(await AskAsync(customer, cancel)));
        }

        return finding;
    }

    private static DecisionFinding Limit(DecisionFinding finding) => finding with { Examples = [.. finding.Examples.Take(MaxExamples)] };

    private int NextCustomer() => play.Customers[_random.Next(play.Customers.Count)].Number;

    private async Task<DecisionFinding> AskAsync(int number, CancellationToken cancel)
    {
        var version = inFlight.QuietVersion(number);
        var accepted = tally.AcceptedOf(number);
        var known = accepted.Aggregate(Identifiers.None, (all, item) => all | item.Event.Identifiers);
        if (version is null || known == Identifiers.None)
        {
            return DecisionFinding.None with { Skipped = 1 };
        }

        var customer = play.Customers[number - 1];
        string[] names = _random.Next(2) == 0 ? [] : [.. JourneyList.All.Select(journey => journey.Key)];
        var asked = time.GetUtcNow();
        var oracle = new OutcomeOracle(outcomes.Acknowledged.Where(item => item.Customer == number));
        var (answer, status) = await api.AskAsync(customer, Pick(known), names, cancel);
        if (answer is null)
        {
            // While the engine is killed there is no answer, and when it stops it is 503.
            return status is 0 or 503 ? DecisionFinding.None with { Unanswered = 1 } : Wrong(number, $"answered {status}");
        }

        if (answer.IsFallback)
        {
            return DecisionFinding.None with { Fallbacks = 1 };
        }

        var expected = Expect(accepted, names, oracle, number, asked);
        return
            inFlight.QuietVersion(number) != version
            || expected is null
            || expected != Expect(accepted, names, oracle, number, time.GetUtcNow())
            ? DecisionFinding.None with
            {
                Skipped = 1,
            }
            : Compare(number, expected, Describe(answer));
    }

    private Identifiers Pick(Identifiers known)
    {
        if (_random.Next(3) == 0)
        {
            return known;
        }

        Identifiers[] some = [.. Kinds.Where(kind => known.HasFlag(kind))];
        return some[_random.Next(some.Length)];
    }

    private static DecisionFinding Compare(int number, string expected, string actual) =>
        string.Equals(expected, actual, StringComparison.Ordinal)
            ? DecisionFinding.None with
            {
                Checked = 1,
            }
            : Wrong(number, $"expected {expected}, answered {actual}");

    private static DecisionFinding Wrong(int number, string what) =>
        DecisionFinding.None with
        {
            Checked = 1,
            Wrong = 1,
            Examples = [$"decision about customer {number}: {what}"],
        };

    /// <summary>Null when the oracle cannot evaluate the customer.</summary>
    private static string? Expect(
        IReadOnlyList<AcceptedEvent> accepted,
        IReadOnlyList<string> names,
        OutcomeOracle outcome,
        int number,
        DateTimeOffset now
    )
    {
        var places = JourneyList.All.Select(journey => (journey, IsIn: MembershipOracle.IsMember(journey, accepted, now))).ToList();
        return places.Exists(place => place.IsIn is null)
            ? null
            : Text(
                known: true,
                outcome.IsSuppressed(number),
                outcome.IsEmailDeliverable(number, now),
                places.Select(place => (names.Count > 0 ? place.journey.Key : place.journey.Audience, place.IsIn))
            );
    }

    private static string Describe(DecisionAnswer answer) =>
        Text(answer.Known, answer.Suppressed, answer.EmailDeliverable, answer.In.Select(place => (place.Key, place.Value)));

    private static string Text(bool? known, bool? suppressed, bool? deliverable, IEnumerable<(string Name, bool? IsIn)> places) =>
        $"known {known}, suppressed {suppressed}, email_deliverable {deliverable}, "
        + string.Join(", ", places.OrderBy(place => place.Name, StringComparer.Ordinal).Select(place => $"in_{place.Name} {place.IsIn}"));
}

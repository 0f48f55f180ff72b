using AudienceSync.Shop.Destinations;
using AudienceSync.Shop.Journeys;
using AudienceSync.Shop.Oracle;
using AudienceSync.Shop.Outcomes;
using AudienceSync.Shop.Sending;
using AudienceSync.Shop.Simulation;
using AudienceSync.Shop.Watching;

namespace AudienceSync.Shop.Tests.Oracle;

public sealed class ComparisonTests
{
    private const string Receipt = "0b2f1c1e-9d4f-4b53-8f0c-0d5a5e5e0001";

    private static readonly DateTimeOffset Now = new(2026, 11, 21, 9, 0, 0, TimeSpan.Zero);
    private static readonly Play Play = ShopSimulation.Draw(5, Now, 1_000);
    private static readonly Tally Tally = AcceptAll();
    private static readonly OutcomeTally Outcomes = AcknowledgeAll();
    private static readonly AcceptedEvent[] Good =
    [
        .. Play.Events.Where(item => item.Flaw == Flaw.None).Select(item => new AcceptedEvent(item, new ReceiptSpan(Now, Now))),
    ];

    [Fact]
    public void Platforms_that_hold_what_the_oracle_expects_have_no_drift()
    {
        var report = Compare(Status(), ExpectedPlatforms());

        report.Failures.ShouldBeEmpty();
        report.IsGood.ShouldBeTrue();
        report.Audiences.ShouldAllBe(audience => audience.Desired > 0 && audience.Drift == 0);
    }

    [Fact]
    public void A_missing_digest_is_drift_with_an_example()
    {
        var platform = ExpectedPlatforms();
        var key = JourneyList.All[1].Key;
        var list = (key, DestinationList.Google);
        var emails = platform[list].Digests.Emails.Skip(1).ToHashSet();
        platform[list] = platform[list] with { Digests = platform[list].Digests with { Emails = emails } };

        var report = Compare(Status(), platform);

        report.IsGood.ShouldBeFalse();
        report
            .Audiences.Single(audience => audience.Drift != 0)
            .ShouldSatisfyAllConditions(
                audience => (audience.Key, audience.Destination).ShouldBe((key, "google_main")),
                audience => audience.Drift.ShouldBe(1)
            );
        report.DriftExamples.ShouldHaveSingleItem().ShouldStartWith($"{key} at google_main: customer ");
    }

    [Fact]
    public void Events_people_and_quarantine_are_compared_with_the_counts_of_the_engine()
    {
        Compare(Status() with { People = 3 }, ExpectedPlatforms()).Failures.ShouldHaveSingleItem().ShouldContain("people");
        Compare(Status() with { Projector = new ProjectorStatus(0, Good.Length - 1, 0, 0) }, ExpectedPlatforms())
            .Failures.ShouldHaveSingleItem()
            .ShouldContain("applied");
        Compare(Status() with { Quarantine = new QuarantineStatus(Outcomes.Counts.Kept + 1) }, ExpectedPlatforms())
            .Failures.ShouldHaveSingleItem()
            .ShouldContain("quarantined");
        Compare(Status() with { Bindings = [] }, ExpectedPlatforms()).Failures.Count.ShouldBe(9);
        Compare(Status() with { Sources = [] }, ExpectedPlatforms())
            .Failures.ShouldContain(failure => failure.Contains("clock_ahead", StringComparison.Ordinal));
        SourceStatus[] reused = [.. Status().Sources!, new SourceStatus("journeys", "id_reused", 1)];
        Compare(Status() with { Sources = reused }, ExpectedPlatforms()).Failures.ShouldHaveSingleItem().ShouldContain("same id");
    }

    [Fact]
    public void The_engines_own_events_are_tolerated() =>
        Compare(
            Status() with
            {
                Log = new LogStatus(Good.Length + 9),
                Projector = new ProjectorStatus(0, Good.Length, 9, 0),
            },
            ExpectedPlatforms()
        )
            .IsGood.ShouldBeTrue();

    private static AudienceSync.Shop.Reporting.RunReport Compare(
        EngineStatus status,
        Dictionary<(string Key, Destination Destination), PlatformList> platforms
    ) => new Comparison(Play, Tally, Outcomes, status, platforms).Evaluate(Now, 1, []);

    [Fact]
    public void Customers_whom_outcomes_suppress_are_drift_while_a_platform_has_them()
    {
        var suppressed = new OutcomeOracle(Outcomes.Acknowledged).Suppressed;
        var unaware = new MembershipOracle(Play.Customers)
            .Evaluate(Good, new HashSet<int>(), Now)
            .ToDictionary(
                audience => (audience.Key, audience.Destination),
                audience => new PlatformList(audience.Members.Count, audience.Digests)
            );

        var report = Compare(Status(), unaware);

        report.Suppressed.ShouldBe(suppressed.Count);
        report.IsGood.ShouldBeFalse();
        report.Audiences.Sum(audience => audience.Drift).ShouldBeGreaterThan(0);
    }

    private static OutcomeTally AcknowledgeAll()
    {
        var tally = new OutcomeTally();
        var seen = new HashSet<int>();
        foreach (var item in Play.Outcomes.Stream)
        {
            var status =
                item.Flaw != OutcomeFlaw.None ? "kept"
                : seen.Add(item.Number) ? "accepted"
                : "duplicate";
            tally.Record(item, new OutcomeAnswer(200, status, 1, WasRefused: false));
        }

        return tally;
    }

    private static Tally AcceptAll()
    {
        var tally = new Tally();
        foreach (var item in Play.Events.Where(item => item.Flaw == Flaw.None))
        {
            tally.Record(
                new Delivery(1, [item], IsArray: false, 0),
                new DeliveryResult(
                    [new Answer(AnswerResult.Accepted, 200, Receipt, null, item.ExpectedWarnings())],
                    1,
                    new ReceiptSpan(Now, Now)
                )
            );
        }

        return tally;
    }

    private static Dictionary<(string Key, Destination Destination), PlatformList> ExpectedPlatforms() =>
        new MembershipOracle(Play.Customers)
            .Evaluate(Good, new OutcomeOracle(Outcomes.Acknowledged).Suppressed, Now)
            .ToDictionary(
                audience => (audience.Key, audience.Destination),
                audience => new PlatformList(audience.Members.Count, audience.Digests)
            );

    private static EngineStatus Status() =>
        new(
            new LogStatus(Good.Length),
            new ProjectorStatus(Good.Length, Good.Length, 0, 0),
            new QuarantineStatus(0),
            Good.Select(item => item.Event.Customer).Distinct().Count(),
            [.. JourneyList.All.Select(journey => new AudienceStatus(journey.Audience, journey.Key, 1, 0, 0))],
            [
                .. JourneyList.All.SelectMany(journey =>
                    DestinationList.All.Select(destination => new BindingStatus(
                        journey.Audience,
                        journey.Key,
                        destination.Name,
                        1,
                        1,
                        0,
                        0,
                        0,
                        "active"
                    ))
                ),
            ],
            Quiet: true,
            Sources:
            [
                .. Good.SelectMany(item => item.Event.ExpectedWarnings())
                    .CountBy(code => code)
                    .Select(code => new SourceStatus("journeys", code.Key, code.Value)),
            ]
        );
}

using System.Text.Json;
using AudienceSync.Shop.Destinations;
using AudienceSync.Shop.Feedback;
using AudienceSync.Shop.Oracle;
using AudienceSync.Shop.Outcomes;
using AudienceSync.Shop.Simulation;

namespace AudienceSync.Shop.Tests.Feedback;

public sealed class FeedbackComparisonTests
{
    private const string Key = "high_intent_cart_7d_v1";

    private static readonly DateTimeOffset Now = new(2026, 11, 21, 9, 0, 0, TimeSpan.Zero);

    private static readonly Customer[] Customers =
    [
        new(1, "c1", "ann@example.com", null, null, null),
        new(2, null, "bob@example.com", null, null, null),
    ];

    [Fact]
    public void A_member_with_a_report_and_a_former_member_with_both_are_complete()
    {
        var finding = Compare(
            [1],
            Person(1, Fact(1, FeedbackComparison.Synced)),
            Person(2, Fact(2, FeedbackComparison.Removed), Fact(1, FeedbackComparison.Synced))
        );

        finding.IsGood.ShouldBeTrue(string.Join('\n', finding.Examples));
        finding.Facts.ShouldBe(3);
    }

    [Fact]
    public void A_member_without_a_report_and_one_whose_latest_report_is_a_removal_are_missing()
    {
        Compare([1], Person(1), Person(2)).Missing.ShouldBe(1);
        Compare([1], Person(1, Fact(1, FeedbackComparison.Synced), Fact(2, FeedbackComparison.Removed)), Person(2)).Missing.ShouldBe(1);
        Compare([2], Person(1), Person(2, Fact(1, FeedbackComparison.Synced, destination: "google_main"))).Missing.ShouldBe(2);
    }

    [Fact]
    public void A_former_member_whose_removal_was_not_reported_is_missing() =>
        Compare([], Person(1, Fact(1, FeedbackComparison.Synced)), Person(2)).Missing.ShouldBe(1);

    [Fact]
    public void One_fact_under_two_ids_and_a_fact_without_a_ulid_are_doubled()
    {
        var fact = Fact(1, FeedbackComparison.Synced);

        Compare([1], Person(1, fact, fact with { Id = Fact(7, "x").Id }), Person(2)).Doubled.ShouldBe(1);
        Compare([1], Person(1, fact with { Id = "7" }), Person(2)).Doubled.ShouldBe(1);
        Compare([1], Person(1, fact with { Deliveries = 3 }), Person(2))
            .ShouldSatisfyAllConditions(finding => finding.Doubled.ShouldBe(0), finding => finding.Repeated.ShouldBe(2));
    }

    [Fact]
    public void Ads_suppressed_follows_the_oracle()
    {
        var bounce = new OutcomeEvent(1, 1, OutcomeChannel.Email, OutcomeKind.HardBounced, Now, Identifiers.Email, OutcomeFlaw.None, "{}");
        var outcomes = new OutcomeOracle([bounce]);

        Compare([], outcomes, Person(1), Person(2)).WrongAttributes.ShouldBe(1);
        Compare([], outcomes, With(Person(1), "ads_suppressed", true), Person(2)).WrongAttributes.ShouldBe(0);
        Compare([], outcomes, With(Person(1), "ads_suppressed", false), Person(2)).WrongAttributes.ShouldBe(1);
        Compare([], outcomes, With(Person(1), "ads_suppressed", true), With(Person(2), "ads_suppressed", true)).WrongAttributes.ShouldBe(1);
        Compare([], outcomes, With(With(Person(1), "ads_suppressed", true), "email_deliverable", true), Person(2))
            .WrongAttributes.ShouldBe(1);
    }

    [Fact]
    public void A_person_of_whom_an_item_was_refused_is_not_compared_and_a_stranger_is_wrong()
    {
        var refused = new RefusedItem("invalid", "event", null, new Dictionary<string, string>(StringComparer.Ordinal) { ["id"] = "c1" });
        var expected = Expected([1]);
        new FeedbackComparison(Customers, expected, new OutcomeOracle([]), Now)
            .Evaluate([Person(1), Person(2)], [refused])
            .ShouldSatisfyAllConditions(finding => finding.IsGood.ShouldBeTrue(), finding => finding.Refused.ShouldBe(1));
        new FeedbackComparison(Customers, expected, new OutcomeOracle([]), Now)
            .Evaluate([Person(1), Person(2)], [refused with { Reason = "internal" }])
            .Missing.ShouldBe(1, "what may succeed later must be sent again");
        Compare([], Person(1), Person(2), Person(1) with { Id = "stranger", Email = null }).WrongAttributes.ShouldBe(1);
    }

    private static FeedbackFinding Compare(int[] members, params TrackPerson[] people) => Compare(members, new OutcomeOracle([]), people);

    private static FeedbackFinding Compare(int[] members, OutcomeOracle outcomes, params TrackPerson[] people) =>
        new FeedbackComparison(Customers, Expected(members), outcomes, Now).Evaluate(people, []);

    private static ExpectedAudience[] Expected(int[] members) =>
        [
            new(
                Key,
                DestinationList.Meta,
                members.ToDictionary(number => number, _ => Identifiers.Email),
                new DigestSet(new HashSet<string>(), new HashSet<string>()),
                new HashSet<int>()
            ),
            .. members.Contains(2)
                ?
                [
                    new ExpectedAudience(
                        Key,
                        DestinationList.TikTok,
                        new Dictionary<int, Identifiers> { [2] = Identifiers.Email },
                        new DigestSet(new HashSet<string>(), new HashSet<string>()),
                        new HashSet<int>()
                    ),
                ]
                : Array.Empty<ExpectedAudience>(),
        ];

    private static TrackPerson Person(int number, params TrackEvent[] events) =>
        new(
            Customers[number - 1].CustomerId,
            Customers[number - 1].Email,
            new Dictionary<string, TrackAttribute>(StringComparer.Ordinal),
            events
        );

    private static TrackPerson With(TrackPerson person, string name, bool value) =>
        person with
        {
            Attributes = new Dictionary<string, TrackAttribute>(person.Attributes, StringComparer.Ordinal)
            {
                [name] = new TrackAttribute(JsonSerializer.SerializeToElement(value), 1),
            },
        };

    private static TrackEvent Fact(int order, string name, string destination = "meta_main") =>
        new($"01E4C4CT6YDC7Y5M7FE1GWWPQ{order}", name, 1_700_000_000, new FactData(Key, "cart", destination, "meta", null), 1);
}

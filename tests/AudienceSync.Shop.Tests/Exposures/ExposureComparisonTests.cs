using AudienceSync.Shop.Destinations;
using AudienceSync.Shop.Exposures;
using AudienceSync.Shop.Oracle;
using AudienceSync.Shop.Simulation;

namespace AudienceSync.Shop.Tests.Exposures;

public sealed class ExposureComparisonTests
{
    private const string Key = "high_intent_cart_7d_v1";

    private static readonly DateTimeOffset Now = new(2026, 11, 21, 9, 0, 0, TimeSpan.Zero);

    private static readonly Customer[] Customers =
    [
        new(1, "c1", "ann@example.com", null, null, null),
        new(2, "c2", "bob@example.com", null, null, null),
        new(3, "c3", "cat@example.com", null, null, KnownSince: Now),
    ];

    // printf c1 | openssl dgst -sha256 -hmac key, and c2.
    private static readonly LinkRow[] Links =
    [
        new("p1", "6f349ae9d3b1867f9f54dd4526309d8ce16c224bec5061fee6d4039b3361c045"),
        new("p2", "e2eddc8711df72839d14c91ce1fee93b910247b2f08d4bb01b90855ffda0ca84"),
        new("p3", null),
    ];

    [Fact]
    public void A_member_whom_the_log_has_there_and_somebody_who_left_are_as_expected()
    {
        var finding = Compare([1], Spell("p1", 1, null), Spell("p2", 1, 2));

        finding.IsGood.ShouldBeTrue(string.Join('\n', finding.Examples));
        (finding.Rows, finding.Spells, finding.People).ShouldBe((2, 2, 2));
        Compare([1], Spell("p1", 1, 2), Spell("p1", 3, null)).IsGood.ShouldBeTrue("somebody who came back");
        Compare([1], Spell("p1", 1, null), Spell("p1", null, null)).IsGood.ShouldBeTrue("somebody who came back before they were removed");
    }

    [Fact]
    public void A_member_who_is_not_there_and_somebody_who_is_there_and_no_member_are_wrong()
    {
        Compare([1]).Wrong.ShouldBe(1);
        Compare([1], Spell("p1", null, null)).Wrong.ShouldBe(1);
        Compare([1], Spell("p1", 1, null) with { Destination = "google_main" }).Wrong.ShouldBe(1);
        Compare([], Spell("p2", 1, null)).Wrong.ShouldBe(1);
        Compare([], Spell("p3", 1, null)).Wrong.ShouldBe(0, "a former guest is not compared");
    }

    [Fact]
    public void Rows_that_are_not_there_or_not_in_order_and_exposures_that_were_not_sent_are_wrong()
    {
        var comparison = new ExposureComparison(Customers, Expected([]), exposures: 1, "key");
        ExposureRow[] rows = [new(1, "eligible"), new(2, "exposed")];
        comparison.Evaluate(new ExposureLog(2, rows, [], Links)).IsGood.ShouldBeTrue();
        comparison.Evaluate(new ExposureLog(3, rows, [], Links)).Wrong.ShouldBe(1);
        comparison.Evaluate(new ExposureLog(2, [rows[0], rows[1] with { Position = 3 }], [], Links)).Wrong.ShouldBe(1);
        comparison.Evaluate(new ExposureLog(2, [rows[0], rows[1] with { Kind = "eligible" }], [], Links)).Wrong.ShouldBe(1);
    }

    private static ExposureFinding Compare(int[] members, params SpellRow[] spells) =>
        new ExposureComparison(Customers, Expected(members), exposures: 0, "key").Evaluate(
            new ExposureLog(2, [new ExposureRow(1, "eligible"), new ExposureRow(2, "sent")], spells, Links)
        );

    private static ExpectedAudience[] Expected(int[] members) =>
        [
            new(
                Key,
                DestinationList.Meta,
                members.ToDictionary(number => number, _ => Identifiers.CustomerId | Identifiers.Email),
                new DigestSet(new HashSet<string>(), new HashSet<string>()),
                new HashSet<int>()
            ),
        ];

    private static SpellRow Spell(string person, int? added, int? removed) =>
        new(person, Key, DestinationList.Meta.Name, Minute(added), Minute(removed));

    private static DateTimeOffset? Minute(int? minute) => minute is { } given ? Now.AddMinutes(given) : null;
}

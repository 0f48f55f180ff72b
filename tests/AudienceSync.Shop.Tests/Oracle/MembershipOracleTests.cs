using System.Security.Cryptography;
using System.Text;
using AudienceSync.Shop.Destinations;
using AudienceSync.Shop.Journeys;
using AudienceSync.Shop.Oracle;
using AudienceSync.Shop.Sending;
using AudienceSync.Shop.Simulation;

namespace AudienceSync.Shop.Tests.Oracle;

public sealed class MembershipOracleTests
{
    private const string Cart = "high_intent_cart_7d_v1";
    private const string Bought = "post_purchase_14d_v1";

    private static readonly DateTimeOffset Now = new(2026, 11, 21, 9, 0, 0, TimeSpan.Zero);
    private static readonly DateTimeOffset EvaluatedAt = Now.AddMinutes(1);

    private static readonly Customer[] Customers =
    [
        new(1, "c1", "ann@example.com", "15559876543", "US", null),
        new(2, null, "bob@example.com", null, null, null),
        new(3, "c3", "eve@example.com", "442079460958", "GB", Now.AddDays(-3)),
    ];

    private int _events;

    [Fact]
    public void An_add_within_its_window_is_present() => Members(Add(1, Now.AddDays(-6))).ShouldBe([1]);

    [Fact]
    public void A_removal_after_the_add_removes() => Members(Add(1, Now.AddDays(-3)), Remove(1, Now.AddDays(-2))).ShouldBeEmpty();

    [Fact]
    public void An_add_after_the_removal_is_present_again() =>
        Members(Add(1, Now.AddDays(-3)), Remove(1, Now.AddDays(-2)), Add(1, Now.AddDays(-1))).ShouldBe([1]);

    [Fact]
    public void On_a_tie_the_removal_wins() => Members(Remove(1, Now.AddDays(-1)), Add(1, Now.AddDays(-1))).ShouldBeEmpty();

    [Fact]
    public void The_order_and_the_number_of_arrivals_do_not_matter()
    {
        ShopEvent[] history =
        [
            Add(1, Now.AddDays(-5)),
            Remove(1, Now.AddDays(-4)),
            Add(1, Now.AddDays(-2)),
            Add(2, Now.AddDays(-2)),
            Remove(2, Now.AddDays(-1)),
        ];

        Members(history).ShouldBe([1]);
        Members([.. history.Reverse()]).ShouldBe([1]);
        Members([.. history, .. history.Reverse(), history[0]]).ShouldBe([1]);
    }

    [Fact]
    public void A_membership_ends_exactly_when_its_window_has_passed()
    {
        Members(Add(1, EvaluatedAt.AddDays(-7))).ShouldBeEmpty();
        Members(Add(1, EvaluatedAt.AddDays(-7).AddMilliseconds(1))).ShouldBe([1]);
    }

    [Fact]
    public void A_late_older_add_does_not_shorten_the_window() => Members(Add(1, Now.AddDays(-1)), Add(1, Now.AddDays(-8))).ShouldBe([1]);

    [Fact]
    public void An_exposure_changes_nothing() => Members(Make(1, EventKind.Exposure, Cart, Now.AddDays(-1))).ShouldBeEmpty();

    [Fact]
    public void Audiences_do_not_affect_each_other() =>
        Members(Add(1, Now.AddDays(-3)), Make(1, EventKind.Remove, Bought, Now.AddDays(-1))).ShouldBe([1]);

    [Fact]
    public void An_add_hours_ahead_counts_as_of_receipt_so_a_removal_minutes_later_removes()
    {
        Members(Add(1, Now.AddHours(10)), Remove(1, Now.AddMinutes(4))).ShouldBeEmpty();
        Members(Add(1, Now.AddHours(10)), Remove(1, Now.AddMinutes(-4))).ShouldBe([1]);
    }

    [Fact]
    public void A_removal_a_day_ahead_takes_effect_from_its_receipt()
    {
        Members(Remove(1, Now.AddHours(40)), Add(1, Now.AddDays(-1))).ShouldBeEmpty();
        Members(Remove(1, Now.AddHours(40)), Add(1, Now.AddMinutes(4))).ShouldBe([1]);
    }

    [Fact]
    public void A_timestamp_up_to_five_minutes_ahead_counts_unchanged()
    {
        Members(Add(1, Now.AddMinutes(5)), Remove(1, Now.AddMinutes(4))).ShouldBe([1]);
        Members(Remove(1, Now.AddMinutes(5)), Add(1, Now.AddMinutes(4))).ShouldBeEmpty();
        Members(Add(1, Now.AddMinutes(5).AddMilliseconds(1)), Remove(1, Now.AddMinutes(4))).ShouldBeEmpty();
    }

    [Fact]
    public void A_customer_whose_events_were_received_at_nearly_the_same_time_is_undecided()
    {
        var add = Received(Add(1, Now.AddHours(10)), Now, Now.AddSeconds(2));
        var during = Received(Remove(1, Now.AddHours(11)), Now.AddSeconds(1), Now.AddSeconds(3));
        var after = Received(Remove(1, Now.AddHours(11)), Now.AddSeconds(3), Now.AddSeconds(4));

        Evaluate([add, during]).Undecided.ShouldBe([1]);
        Evaluate([add, after])
            .ShouldSatisfyAllConditions(audience => audience.Undecided.ShouldBeEmpty(), audience => audience.Members.ShouldBeEmpty());
    }

    [Fact]
    public void A_guest_and_the_customer_that_the_guest_became_are_one()
    {
        var guest = Make(3, EventKind.Add, Cart, Now.AddDays(-4)) with { Identifiers = Identifiers.Email };

        Members(guest).ShouldBe([3]);
        Members(guest, Remove(3, Now.AddDays(-2))).ShouldBeEmpty();
    }

    [Fact]
    public void A_linked_guest_has_the_digests_of_all_their_webhooks_in_every_audience()
    {
        var guest = Make(3, EventKind.Add, Cart, Now.AddDays(-4)) with { Identifiers = Identifiers.Email };
        var later = Make(3, EventKind.Add, Bought, Now.AddDays(-2));

        Evaluate(guest).Digests.Phones.ShouldBeEmpty();
        var digests = Evaluate(guest, later).Digests;
        digests.Emails.ShouldBe([Hex("eve@example.com")]);
        digests.Phones.ShouldBe([Hex("442079460958")]);
    }

    [Fact]
    public void A_suppressed_customer_is_at_no_platform_and_still_a_member()
    {
        var accepted = Received(Add(1, Now.AddDays(-1)), Now, Now);

        Evaluate([accepted], [1])
            .ShouldSatisfyAllConditions(audience => audience.Members.ShouldBeEmpty(), audience => audience.Digests.Emails.ShouldBeEmpty());
        MembershipOracle.IsMember(JourneyList.All.Single(journey => journey.Key == Cart), [accepted], EvaluatedAt).ShouldBe(true);
    }

    [Fact]
    public void Digests_are_those_of_the_published_vectors() =>
        Evaluate(Add(1, Now.AddDays(-1))).Digests.Phones.ShouldBe(["1ef970831d7963307784fa8688e8fce101a15685d62aa765fed23f3a2c576a4e"]);

    [Theory]
    [InlineData("ann.baker.7+shop@gmail.com", "annbaker7@gmail.com")]
    [InlineData("ann.baker.7@googlemail.com", "annbaker7@googlemail.com")]
    [InlineData("ann.baker+7@example.com", "ann.baker+7@example.com")]
    public void Only_Google_reads_gmail_without_dots_and_plus(string email, string atGoogle)
    {
        var customer = Customers[0] with { Email = email };

        CanonicalDigests.Email(customer, DestinationList.Google).ShouldBe(Hex(atGoogle));
        CanonicalDigests.Email(customer, DestinationList.Meta).ShouldBe(Hex(email));
        CanonicalDigests.Email(customer, DestinationList.TikTok).ShouldBe(Hex(email));
    }

    [Fact]
    public void Meta_hashes_a_phone_without_plus_and_the_others_with_it()
    {
        CanonicalDigests.Phone(Customers[0], DestinationList.Meta).ShouldBe(Hex("15559876543"));
        CanonicalDigests.Phone(Customers[0], DestinationList.Google).ShouldBe(Hex("+15559876543"));
        CanonicalDigests.Phone(Customers[0], DestinationList.TikTok).ShouldBe(Hex("+15559876543"));
    }

    [Fact]
    public void A_member_without_email_and_phone_is_not_expected_at_the_platform()
    {
        var bare = Add(1, Now.AddDays(-1)) with { Identifiers = Identifiers.CustomerId };

        Members(bare).ShouldBeEmpty();
    }

    [Fact]
    public void Drift_is_what_is_on_one_side_only_and_names_customers_by_number()
    {
        var expected = Evaluate(Add(1, Now.AddDays(-1)), Add(2, Now.AddDays(-1)));
        var found = new DigestSet(
            new HashSet<string> { Hex("ann@example.com"), Hex("eve@example.com"), Hex("who@example.com") },
            new HashSet<string>()
        );

        expected.Digests.DistanceTo(found).ShouldBe(4);
        DriftExamples
            .Find(expected, found, Customers, 5)
            .ShouldBe([
                $"{Cart} at meta_main: customer 1: expected Email, Phone, found Email",
                $"{Cart} at meta_main: customer 2: expected Email, found None",
                $"{Cart} at meta_main: customer 3: expected None, found Email",
                $"{Cart} at meta_main: 1 digests at the platform belong to no customer (normalized incorrectly?)",
            ]);
    }

    private static string Hex(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));

    private static ExpectedAudience Evaluate(params ShopEvent[] accepted) =>
        Evaluate([.. accepted.Select(item => Received(item, Now, Now))]);

    private static AcceptedEvent Received(ShopEvent item, DateTimeOffset from, DateTimeOffset until) =>
        new(item, new ReceiptSpan(from, until));

    private static ExpectedAudience Evaluate(AcceptedEvent[] accepted, HashSet<int>? suppressed = null) =>
        new MembershipOracle(Customers)
            .Evaluate(accepted, suppressed ?? [], EvaluatedAt)
            .Single(audience => audience.Key == Cart && audience.Destination == DestinationList.Meta);

    private static int[] Members(params ShopEvent[] accepted) => [.. Evaluate(accepted).Members.Keys.Order()];

    private ShopEvent Add(int customer, DateTimeOffset at) => Make(customer, EventKind.Add, Cart, at);

    private ShopEvent Remove(int customer, DateTimeOffset at) => Make(customer, EventKind.Remove, Cart, at);

    private ShopEvent Make(int customer, EventKind kind, string key, DateTimeOffset at) =>
        new(
            ++_events,
            customer,
            kind,
            key,
            at,
            Customers[customer - 1].IdentifiersAt(Now),
            Flaw.None,
            SenderIdPlace.Body,
            $"e{_events}",
            "{}"
        );
}

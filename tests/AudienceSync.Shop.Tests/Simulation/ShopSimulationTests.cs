using System.Globalization;
using System.Text.Json;
using AudienceSync.Shop.Destinations;
using AudienceSync.Shop.Journeys;
using AudienceSync.Shop.Oracle;
using AudienceSync.Shop.Sending;
using AudienceSync.Shop.Simulation;

namespace AudienceSync.Shop.Tests.Simulation;

public sealed class ShopSimulationTests
{
    private static readonly DateTimeOffset Start = new(2026, 11, 21, 9, 20, 11, TimeSpan.Zero);

    private static readonly HashSet<int> NoOne = [];

    private static readonly Play Large = ShopSimulation.Draw(7, Start, 20_000);

    [Fact]
    public void The_same_seed_and_start_give_the_same_webhooks_byte_for_byte()
    {
        var first = ShopSimulation.Draw(42, Start, 2_000);
        var second = ShopSimulation.Draw(42, Start, 2_000);

        Script(second).ShouldBe(Script(first));
        second.Customers.ShouldBe(first.Customers);
    }

    [Fact]
    public void Another_seed_gives_another_play() =>
        Script(ShopSimulation.Draw(43, Start, 2_000)).ShouldNotBe(Script(ShopSimulation.Draw(42, Start, 2_000)));

    [Fact]
    public void At_least_the_requested_number_of_webhooks_is_sent_and_about_a_twelfth_of_them_twice()
    {
        Large.WebhookCount.ShouldBeInRange(20_000, 20_200);
        var duplicates = Large.WebhookCount - Large.Events.Count;
        duplicates.ShouldBeInRange(1_400, 1_700);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void No_membership_ends_between_the_first_seconds_and_long_after_the_play(int seed)
    {
        var windows = JourneyList.All.ToDictionary(journey => journey.Key, journey => journey.Window);
        var ends = ShopSimulation
            .Draw(seed, Start, 20_000)
            .Events.Where(item => item.Kind == EventKind.Add && item.Flaw == Flaw.None)
            .Select(item => item.OccurredAt + windows[item.AudienceKey])
            .ToArray();

        ends.Count(end => end > Start.AddSeconds(8) && end < Start.AddHours(3)).ShouldBe(0, $"seed {seed}");
        ends.Count(end => end > Start && end <= Start.AddSeconds(8)).ShouldBeInRange(200, 400, $"seed {seed}");
    }

    [Fact]
    public void No_audience_loses_a_fifth_of_its_members_by_the_intended_ends()
    {
        AcceptedEvent[] good =
        [
            .. Large.Events.Where(item => item.Flaw == Flaw.None).Select(item => new AcceptedEvent(item, new ReceiptSpan(Start, Start))),
        ];
        var before = new MembershipOracle(Large.Customers).Evaluate(good, NoOne, Start);
        var after = new MembershipOracle(Large.Customers).Evaluate(good, NoOne, Start.AddSeconds(8));

        foreach (var (had, has) in before.Zip(after))
        {
            (had.Members.Count - has.Members.Count).ShouldBeInRange(1, had.Members.Count / 5, had.Key);
        }
    }

    [Fact]
    public void No_valid_event_happens_after_the_start_or_long_before_the_history()
    {
        var times = Large
            .Events.Where(item => item is { Flaw: Flaw.None, Clock: Clock.Accurate })
            .Select(item => item.OccurredAt)
            .ToArray();

        times.Max().ShouldBeLessThanOrEqualTo(Start);
        times.Min().ShouldBeGreaterThan(Start.AddDays(-ShopSimulation.HistoryDays - 1));
    }

    [Fact]
    public void Timestamps_of_skewed_clocks_are_hours_ahead_or_less_than_five_minutes()
    {
        var good = Large.Events.Where(item => item.Flaw == Flaw.None).ToLookup(item => item.Clock, item => item.OccurredAt - Start);

        good[Clock.Ahead].Count().ShouldBeGreaterThan(100);
        good[Clock.Ahead].ShouldAllBe(ahead => ahead > TimeSpan.FromHours(1) && ahead < TimeSpan.FromHours(24));
        good[Clock.Skewed].Count().ShouldBeGreaterThan(100);
        good[Clock.Skewed].ShouldAllBe(ahead => ahead > TimeSpan.Zero && ahead < TimeSpan.FromMinutes(5));
    }

    [Theory]
    [InlineData(0, false)]
    [InlineData(1, true)]
    [InlineData(2, false)]
    [InlineData(3, true)]
    [InlineData(4, false)]
    [InlineData(5, true)]
    public void A_skewed_clock_does_not_change_the_membership(int history, bool belongs)
    {
        var factory = new EventFactory(new Random(history), new ExpiryWindow(Start));
        var customer = new Customer(1, "c1", "ann@example.com", null, null, null);
        AcceptedEvent[] accepted =
        [
            .. new ClockSkewHistories(new Random(history), Start)
                .Draw(history)
                .Select(entry =>
                    factory.FromStep(customer, JourneyList.All[1], new JourneyStep(entry.Kind, entry.At, "late-clock"), entry.Clock)
                )
                .Select(item => new AcceptedEvent(item, new ReceiptSpan(Start.AddSeconds(1), Start.AddMinutes(3)))),
        ];

        var audience = new MembershipOracle([customer])
            .Evaluate(accepted, NoOne, Start.AddMinutes(3))
            .First(one => one.Key == JourneyList.All[1].Key);

        audience.Undecided.ShouldBeEmpty();
        audience.Members.ContainsKey(1).ShouldBe(belongs);
    }

    [Fact]
    public void A_removal_is_never_quarantined_for_a_field_it_does_not_need()
    {
        var removals = Large.Events.Where(item => item is { Kind: EventKind.Remove, Flaw: Flaw.NewerSchema or Flaw.FarFuture }).ToArray();

        removals
            .Select(item => (item.Flaw, item.ExpectedStatus(), item.ExpectedWarnings().Single()))
            .Distinct()
            .ShouldBe([(Flaw.NewerSchema, 200, "newer_schema_version"), (Flaw.FarFuture, 200, "occurred_in_future")], ignoreOrder: true);
        Large
            .Events.Where(item => item is { Kind: not EventKind.Remove, Flaw: Flaw.NewerSchema or Flaw.FarFuture or Flaw.UnknownKey })
            .ShouldAllBe(item => item.ExpectedStatus() == 202);
        Large
            .Events.Where(item => item is { Kind: EventKind.Remove, Flaw: Flaw.UnknownKey })
            .ShouldAllBe(item => item.ExpectedStatus() == 202);
    }

    [Fact]
    public void Identifiers_of_different_customers_never_collide()
    {
        Distinct(customer => customer.CustomerId);
        Distinct(customer => customer.Email);
        Distinct(customer => customer.PhoneDigits);
        Distinct(customer => customer.Email is { } email ? DestinationList.Google.EmailForm(email) : null);

        static void Distinct(Func<Customer, string?> identifier)
        {
            var values = Large.Customers.Select(identifier).OfType<string>().ToArray();
            values.Length.ShouldBeGreaterThan(1_000);
            values.Distinct(StringComparer.Ordinal).Count().ShouldBe(values.Length);
        }
    }

    [Fact]
    public void A_written_time_is_exactly_the_time_that_the_oracle_uses()
    {
        foreach (var item in Large.Events.Where(item => item.Flaw != Flaw.MalformedJson))
        {
            using var json = JsonDocument.Parse(item.Json);
            ReadTime(json.RootElement.GetProperty("occurred_at")).ShouldBe(item.OccurredAt, item.Json);
        }
    }

    [Fact]
    public void Written_identifiers_are_messy_forms_of_the_canonical_ones()
    {
        foreach (var item in Large.Events.Where(item => item.Flaw == Flaw.None))
        {
            var customer = Large.Customers[item.Customer - 1];
            using var json = JsonDocument.Parse(item.Json);
            var person = json.RootElement.TryGetProperty("person", out var nested) ? nested : json.RootElement;
            person.TryGetProperty("email", out var email).ShouldBe(item.Identifiers.HasFlag(Identifiers.Email));
            person.TryGetProperty("phone", out var phone).ShouldBe(item.Identifiers.HasFlag(Identifiers.Phone));
            if (email.ValueKind == JsonValueKind.String)
            {
                email.GetString()!.Trim().ToLowerInvariant().ShouldBe(customer.Email);
            }

            if (phone.ValueKind == JsonValueKind.String)
            {
                var number = phone.GetString()!.Split([" x", " ext"], StringSplitOptions.None)[0];
                customer.PhoneDigits!.ShouldEndWith(new string([.. number.Where(char.IsAsciiDigit)]).TrimStart('0'));
            }
        }
    }

    [Fact]
    public void Only_events_without_a_customer_id_may_carry_a_placeholder_for_one()
    {
        var ids = Large
            .Events.Where(item => item.Flaw == Flaw.None)
            .Select(item => (item, Id: CustomerIdOf(item)))
            .Where(one => one.Id is not null)
            .ToList();
        var placeholders = ids.Where(one => !one.item.Identifiers.HasFlag(Identifiers.CustomerId)).ToList();
        placeholders.Select(one => one.Id).Distinct().Order().ShouldBe(MessyForms.Placeholders.Order());
        ids.Except(placeholders).ShouldAllBe(one => one.Id == Large.Customers[one.item.Customer - 1].CustomerId);
    }

    [Fact]
    public void Extensions_and_form_bodies_occur()
    {
        var phones = Large.Events.Select(PhoneOf).OfType<string>().ToList();
        phones
            .Count(phone => phone.Contains(" ext", StringComparison.Ordinal) || phone.Contains(" x", StringComparison.Ordinal))
            .ShouldBeGreaterThan(200);
        Large.Deliveries.Count(FormBody.Is).ShouldBeGreaterThan(200);
    }

    [Fact]
    public void An_id_is_reused_for_another_kind_or_person_and_never_for_the_same_fact()
    {
        var sent = Large.Events.Where(item => item is { Flaw: Flaw.None, IdPlace: SenderIdPlace.Body }).ToList();
        sent.GroupBy(item => (item.SenderId, item.Kind, item.AudienceKey, item.Customer)).ShouldAllBe(fact => fact.Count() == 1);
        sent.GroupBy(item => item.SenderId).Count(facts => facts.Count() > 1).ShouldBeGreaterThan(200);
    }

    private static string? CustomerIdOf(ShopEvent item) => Field(item, "customer_id") ?? Field(item, "id");

    private static string? PhoneOf(ShopEvent item) => item.Flaw == Flaw.MalformedJson ? null : Field(item, "phone");

    private static string? Field(ShopEvent item, string name)
    {
        using var json = JsonDocument.Parse(item.Json);
        var person = json.RootElement.TryGetProperty("person", out var nested) ? nested : json.RootElement;
        return person.TryGetProperty(name, out var value) ? value.GetString() : null;
    }

    [Fact]
    public void Events_without_an_id_differ_in_the_fields_by_which_the_receiver_distinguishes_them()
    {
        var composites = Large.Events.Where(item => item.IdPlace == SenderIdPlace.None).ToArray();

        composites.Length.ShouldBeGreaterThan(500);
        composites
            .Select(item => (item.Customer, item.Kind, item.AudienceKey, item.OccurredAt, Step(item)))
            .Distinct()
            .Count()
            .ShouldBe(composites.Length);
    }

    [Fact]
    public void A_former_guest_always_carries_the_email_that_links_them() =>
        Large
            .Events.Where(item => item.Flaw == Flaw.None && Large.Customers[item.Customer - 1].KnownSince is not null)
            .ShouldAllBe(item => item.Identifiers.HasFlag(Identifiers.Email));

    [Fact]
    public void Every_flaw_every_id_place_and_every_kind_of_customer_occurs()
    {
        Large.Events.Select(item => item.Flaw).Distinct().Order().ShouldBe(Enum.GetValues<Flaw>().Order());
        Large.Events.Select(item => item.IdPlace).Distinct().Order().ShouldBe(Enum.GetValues<SenderIdPlace>().Order());
        Large.Events.Select(item => item.Kind).Distinct().Order().ShouldBe(Enum.GetValues<EventKind>().Order());
        Large.Customers.ShouldContain(customer => customer.CustomerId == null && customer.PhoneDigits == null);
        Large.Customers.ShouldContain(customer => customer.CustomerId == null && customer.Email == null);
        Large.Customers.ShouldContain(customer => customer.KnownSince != null);
        Large.Deliveries.ShouldContain(delivery => delivery.IsArray && delivery.Events.Count > 10);
        Large.Deliveries.ShouldContain(delivery => delivery.FirstTimeoutMs > 0);
    }

    [Fact]
    public void Arrays_hold_only_events_that_need_no_header()
    {
        foreach (var item in Large.Deliveries.Where(delivery => delivery.IsArray).SelectMany(delivery => delivery.Events))
        {
            item.IdPlace.ShouldBeOneOf(SenderIdPlace.Body, SenderIdPlace.None);
            (item.Flaw == Flaw.MissingPerson || item.IsAccepted() || item.IsQuarantined()).ShouldBeTrue(item.Flaw.ToString());
        }
    }

    private static string Step(ShopEvent item)
    {
        if (item.Flaw == Flaw.MalformedJson)
        {
            return item.Json;
        }

        using var json = JsonDocument.Parse(item.Json);
        return json.RootElement.GetProperty("context").GetProperty("step").GetString()!;
    }

    private static DateTimeOffset ReadTime(JsonElement value)
    {
        if (value.ValueKind == JsonValueKind.Number)
        {
            return DateTimeOffset.FromUnixTimeSeconds(value.GetInt64());
        }

        var text = value.GetString()!;
        return long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds)
            ? DateTimeOffset.FromUnixTimeSeconds(seconds)
            : DateTimeOffset.Parse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal);
    }

    private static string[] Script(Play play) =>
        [
            .. play.Deliveries.Select(delivery =>
                $"{delivery.FirstTimeoutMs} {delivery.IsArray} "
                + $"{string.Join('|', delivery.Events.Select(item => $"{item.SenderId}{item.Json}"))}"
            ),
        ];
}

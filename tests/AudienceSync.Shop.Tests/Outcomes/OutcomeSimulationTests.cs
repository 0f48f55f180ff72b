using System.Text.Json;
using AudienceSync.Shop.Outcomes;
using AudienceSync.Shop.Simulation;

namespace AudienceSync.Shop.Tests.Outcomes;

public sealed class OutcomeSimulationTests
{
    private static readonly DateTimeOffset Start = new(2026, 11, 21, 9, 20, 11, TimeSpan.Zero);

    private static readonly Play Large = ShopSimulation.Draw(7, Start, 20_000);

    [Fact]
    public void The_same_seed_gives_the_same_stream_byte_for_byte_and_another_seed_another_one()
    {
        static string Script(int seed) =>
            string.Join('\n', ShopSimulation.Draw(seed, Start, 2_000).Outcomes.Stream.Select(item => item.Json));

        Script(42).ShouldBe(Script(42));
        Script(43).ShouldNotBe(Script(42));
    }

    [Fact]
    public void A_play_has_every_kind_of_outcome_and_flaw_repeats_and_events_out_of_order()
    {
        var stream = Large.Outcomes.Stream;
        var first = stream.DistinctBy(item => item.Number).ToList();

        foreach (var kind in Enum.GetValues<OutcomeKind>())
        {
            first.Count(item => item.Kind == kind).ShouldBeGreaterThan(3, kind.ToString());
        }

        foreach (var flaw in Enum.GetValues<OutcomeFlaw>())
        {
            first.Count(item => item.Flaw == flaw).ShouldBeGreaterThan(3, flaw.ToString());
        }

        (stream.Count - first.Count).ShouldBeInRange(first.Count / 20, first.Count / 8);
        first.Zip(first.Skip(1)).Count(pair => pair.Second.At < pair.First.At).ShouldBeGreaterThan(first.Count / 5);
        stream.Count.ShouldBeInRange(1_400, 1_800);
    }

    [Fact]
    public void Valid_events_have_the_schema_of_the_service_and_name_a_known_customer()
    {
        foreach (var item in Large.Outcomes.Stream.Where(item => item.Flaw == OutcomeFlaw.None))
        {
            using var json = JsonDocument.Parse(item.Json);
            var root = json.RootElement;
            root.GetProperty("event_id").GetString()!.Length.ShouldBe(26);
            root.GetProperty("metric").GetString().ShouldNotBeNullOrEmpty();
            (root.TryGetProperty("object_type", out _) || root.TryGetProperty("object_type_type", out _)).ShouldBeTrue();
            long.Parse(root.GetProperty("timestamp").ToString()).ShouldBe(item.At.ToUnixTimeSeconds());
            var named = root.GetProperty("data").GetProperty("identifiers");
            var customer = Large.Customers[item.Customer - 1];
            new[] { customer.CustomerId, null }.ShouldContain(named.GetProperty("id").GetString());
            named.GetProperty("email").GetString().ShouldBe(customer.Email);
            item.At.ShouldBeLessThanOrEqualTo(Start);
        }
    }

    [Fact]
    public void Outcomes_are_about_customers_who_are_known_from_valid_webhooks()
    {
        var known = Large.Events.Where(item => item.Flaw == Flaw.None).Select(item => item.Customer).ToHashSet();

        Large
            .Outcomes.Stream.Where(item => item.Flaw == OutcomeFlaw.None)
            .Select(item => item.Customer)
            .ShouldAllBe(customer => known.Contains(customer));
    }

    [Fact]
    public void Some_customers_are_suppressed_some_are_not_reached_and_most_are_neither()
    {
        var oracle = new OutcomeOracle(Large.Outcomes.Stream);
        var customers = oracle.Customers.ToList();

        oracle.Suppressed.Count.ShouldBeInRange(customers.Count / 20, customers.Count / 4);
        var unreached = customers.Where(customer => !oracle.IsEmailDeliverable(customer, Start)).ToList();
        unreached.Count.ShouldBeInRange(customers.Count / 20, customers.Count / 3);
        unreached.ShouldContain(customer => !oracle.IsSuppressed(customer), "soft bounces are a trait only");
        oracle.Suppressed.ShouldContain(customer => oracle.IsEmailDeliverable(customer, Start), "a text message can bounce");
    }
}

using AudienceSync.Shop.Sending;
using AudienceSync.Shop.Simulation;

namespace AudienceSync.Shop.Tests.Sending;

public sealed class DeliveryRunnerTests
{
    private const int Seed = 11;

    private static readonly DateTimeOffset Now = new(2026, 11, 21, 9, 0, 0, TimeSpan.Zero);
    private static readonly SenderKeys Keys = new("the-token", "the-key");

    [Fact]
    public async Task Each_event_of_a_play_over_a_bad_connection_is_accepted_once_and_every_flaw_is_answered_as_expected()
    {
        var play = ShopSimulation.Draw(Seed, Now, 3_000);
        var receiver = new FakeReceiver(Keys, Now, dropEvery: 7);

        var tally = await PlayAsync(play, receiver);

        var good = play.Events.Count(item => item.IsAccepted());
        tally.Violations.ShouldBeEmpty();
        tally.Counts.ShouldSatisfyAllConditions(
            counts => counts.Sent.ShouldBe(play.WebhookCount),
            counts => counts.Accepted.ShouldBe(good),
            counts => counts.Duplicates.ShouldBe(play.WebhookCount - play.Events.Count),
            counts => counts.Quarantined.ShouldBe(play.Events.Count(item => item.IsQuarantined())),
            counts => counts.Unknown.ShouldBe(0),
            counts => (counts.Accepted + counts.Duplicates + counts.Quarantined + counts.Refused).ShouldBe(counts.Sent)
        );
        receiver.DistinctEvents.ShouldBe(good);
        tally
            .Accepted.Select(item => item.Event.Number)
            .Order()
            .ShouldBe(play.Events.Where(item => item.IsAccepted()).Select(item => item.Number).Order());
    }

    [Fact]
    public async Task A_receiver_with_other_secrets_causes_violations()
    {
        var play = ShopSimulation.Draw(Seed, Now, 200);

        var tally = await PlayAsync(play, new FakeReceiver(new SenderKeys("another", "key"), Now, dropEvery: int.MaxValue));

        tally.Counts.Accepted.ShouldBe(0);
        tally.Violations.ShouldNotBeEmpty();
        tally.Violations.ShouldAllBe(violation => !violation.Contains('@'));
    }

    [Fact]
    public void A_duplicate_with_another_receipt_is_a_violation()
    {
        var item = ShopSimulation.Draw(Seed, Now, 200).Events.First(item => item.Flaw == Flaw.None);
        var delivery = new Delivery(1, [item], IsArray: false, 0);
        var tally = new Tally();

        tally.Record(
            delivery,
            new DeliveryResult(
                [new Answer(AnswerResult.Accepted, 200, "0b2f1c1e-9d4f-4b53-8f0c-0d5a5e5e0001", null, item.ExpectedWarnings())],
                1,
                default
            )
        );
        tally.Record(
            delivery,
            new DeliveryResult(
                [new Answer(AnswerResult.Accepted, 200, "0b2f1c1e-9d4f-4b53-8f0c-0d5a5e5e0002", null, item.ExpectedWarnings())],
                1,
                default
            )
        );

        tally.Counts.Duplicates.ShouldBe(1);
        tally.Violations.ShouldHaveSingleItem().ShouldContain("another receipt");
    }

    [Fact]
    public void A_missing_warning_and_an_extra_warning_are_violations()
    {
        var events = ShopSimulation.Draw(Seed, Now, 3_000).Events;
        var plain = events.First(item => item.IsAccepted() && item.ExpectedWarnings().Count == 0);
        var ahead = events.First(item => item is { Flaw: Flaw.None, Clock: Clock.Ahead, HasPlaceholder: false });
        var newer = events.First(item => item is { Flaw: Flaw.NewerSchema, Kind: EventKind.Remove });

        Violations(plain).ShouldBeEmpty();
        Violations(plain, "clock_ahead").ShouldHaveSingleItem();
        Violations(ahead, "clock_ahead").ShouldBeEmpty();
        Violations(ahead).ShouldHaveSingleItem();
        Violations(newer, "newer_schema_version", "unknown_field").ShouldBeEmpty();
        Violations(newer, "unknown_field").ShouldHaveSingleItem();

        static IReadOnlyList<string> Violations(ShopEvent item, params string[] warnings)
        {
            var tally = new Tally();
            var answer = new Answer(AnswerResult.Accepted, 200, "0b2f1c1e-9d4f-4b53-8f0c-0d5a5e5e0001", null, warnings);
            tally.Record(new Delivery(1, [item], IsArray: false, 0), new DeliveryResult([answer], 2, default));
            return tally.Violations;
        }
    }

    [Fact]
    public async Task A_pace_spreads_the_deliveries_over_time()
    {
        var play = ShopSimulation.Draw(Seed, Now, 200);
        var time = new InstantTime(Now, RetryRules.Default.AnswerTimeout);
        using var http = new HttpMessageInvoker(new FakeReceiver(Keys, Now, dropEvery: int.MaxValue));
        var sender = new WebhookSender(http, Writer(time), RetryRules.Default, time);
        Delivery[] unhurried = [.. play.Deliveries.Select(delivery => delivery with { FirstTimeoutMs = 0 })];

        await new DeliveryRunner(sender, new Tally(), new InFlight(), time).PlayAsync(
            unhurried,
            new Pace(1, DeliveriesPerSecond: 10),
            CancellationToken.None
        );

        (time.GetUtcNow() - Now).TotalSeconds.ShouldBe((unhurried.Length - 1) / 10.0, tolerance: 0.01);
    }

    private static RequestWriter Writer(TimeProvider time) => new(new Uri("http://receiver.example/v1/webhooks/audience"), Keys, time);

    private static async Task<Tally> PlayAsync(Play play, FakeReceiver receiver)
    {
        var time = new InstantTime(Now, RetryRules.Default.AnswerTimeout);
        var tally = new Tally();
        using var http = new HttpMessageInvoker(receiver);
        var sender = new WebhookSender(http, Writer(time), RetryRules.Default, time);
        await new DeliveryRunner(sender, tally, new InFlight(), time).PlayAsync(play.Deliveries, new Pace(8, null), CancellationToken.None);
        return tally;
    }
}

using AudienceSync.Domain.Audiences;
using AudienceSync.Domain.Events;

namespace AudienceSync.Domain.Tests.Audiences;

/// <summary>Invariants of an audience after any commands. A failure message contains the seed.</summary>
public sealed class AudiencePropertyTests
{
    private const int Sequences = 400;

    private static readonly RemoteAudience[] Remotes = [new("meta", "1"), new("meta", "2"), new("google", "1")];

    [Fact]
    public void No_number_is_published_twice_and_none_is_skipped() =>
        Each(
            (_, events, context) =>
                events
                    .OfType<AudienceKeyPublished>()
                    .Select(published => published.AudienceKey.Version)
                    .ShouldBe(Enumerable.Range(1, events.OfType<AudienceKeyPublished>().Count()), context)
        );

    [Fact]
    public void The_decided_events_fold_to_the_state_they_were_decided_from() =>
        Each(
            (audience, events, context) =>
            {
                var folded = Audience.Fold("cart", events);
                folded.Versions.ShouldBe(audience.Versions, context);
                folded
                    .Feeds.OrderBy(feed => feed.Key.ToString())
                    .Select(Text)
                    .ShouldBe(audience.Feeds.OrderBy(feed => feed.Key.ToString()).Select(Text), context);
                (folded.Text, folded.Paused).ShouldBe((audience.Text, audience.Paused), context);
            }
        );

    [Fact]
    public void A_published_version_keeps_its_terms_and_stays_retired()
    {
        Each(
            (audience, events, context) =>
            {
                foreach (var published in events.OfType<AudienceKeyPublished>())
                {
                    audience.Versions[published.AudienceKey.Version].Terms.ShouldBe(published.Terms, context);
                }

                foreach (var retired in events.OfType<AudienceKeyRetired>())
                {
                    audience.Versions[retired.AudienceKey.Version].Retired.ShouldBeTrue(context);
                }
            }
        );
    }

    [Fact]
    public void Nothing_is_fed_by_a_version_that_is_unknown_or_retired() =>
        Each(
            (audience, _, context) =>
                audience.Feeds.Values.ShouldAllBe(
                    feed => audience.Versions.ContainsKey(feed.Version) && !audience.Versions[feed.Version].Retired,
                    context
                )
        );

    [Fact]
    public void A_version_drains_after_a_switch_takes_its_last_feed_until_it_feeds_again_or_is_retired()
    {
        var drained = 0;
        Each(
            (audience, events, context) =>
            {
                foreach (var version in audience.Versions.Keys)
                {
                    var feeds = audience.Feeds.Values.Any(feed => feed.Version == version);
                    var ended = events.LastOrDefault(stored => FormerOf(stored, events) == version);
                    var drains = !feeds && !audience.Versions[version].Retired && ended is AudienceKeyPromoted or AudienceKeyRolledBack;
                    audience.Draining.ContainsKey(version).ShouldBe(drains, $"{context}, version {version}");
                    drained += drains ? 1 : 0;
                }
            },
            commands: 120
        );
        drained.ShouldBeGreaterThan(30);
    }

    [Fact]
    public void A_repeated_command_gives_no_more_events_unless_it_steps_back()
    {
        Each(
            (audience, _, context) =>
            {
                foreach (var command in Commands(new Random(7), 20).Where(command => command is not (RollBackKey or UnbindAudience)))
                {
                    var first = AudienceRules.Decide(audience, command);
                    var after = first.Events.Aggregate(audience, (state, stored) => state.Apply(stored));
                    AudienceRules.Decide(after, command).Events.ShouldBeEmpty(context);
                }
            }
        );
    }

    [Fact]
    public void Any_events_in_any_order_fold()
    {
        for (var seed = 0; seed < 300; seed++)
        {
            var random = new Random(seed);
            var events = GoldenEvents.All.OfType<IRegistryEvent>().OrderBy(_ => random.Next()).ToList();
            Should.NotThrow(() => Audience.Fold("high_intent_cart_7d", events), $"seed {seed}");
        }
    }

    // The version that an event took a feed from; null when none.
    private static int? FormerOf(IRegistryEvent stored, List<IRegistryEvent> events) =>
        stored switch
        {
            AudienceKeyPromoted promoted => promoted.From.Version,
            AudienceKeyRolledBack back => back.From.Version,
            AudienceUnbound unbound => Audience
                .Fold("cart", events.TakeWhile(one => !ReferenceEquals(one, stored)))
                .Feeds[unbound.Remote]
                .Version,
            _ => null,
        };

    private static string Text(KeyValuePair<RemoteAudience, Feed> feed) =>
        $"{feed.Key} {feed.Value.Version} {string.Join(',', feed.Value.Before)} {feed.Value.By}";

    private static void Each(Action<Audience, List<IRegistryEvent>, string> check, int commands = 25)
    {
        for (var seed = 0; seed < Sequences; seed++)
        {
            var audience = new Audience("cart");
            var events = new List<IRegistryEvent>();
            foreach (var command in Commands(new Random(seed), commands))
            {
                var decision = AudienceRules.Decide(audience, command);
                (decision.Refusal is null || decision.Events.Count == 0).ShouldBeTrue($"seed {seed}");
                audience = decision.Events.Aggregate(audience, (state, stored) => state.Apply(stored));
                events.AddRange(decision.Events);
            }

            check(audience, events, $"seed {seed}");
        }
    }

    private static IEnumerable<AudienceCommand> Commands(Random random, int count)
    {
        for (var i = 0; i < count; i++)
        {
            var version = random.Next(0, 6);
            var remote = Remotes[random.Next(Remotes.Length)];
            RemoteAudience? only = random.Next(2) == 0 ? null : remote;
            yield return random.Next(9) switch
            {
                0 => new RegisterAudience(new AudienceText($"p{random.Next(3)}", null, null), "ann", null),
                1 or 2 => new PublishKey(version, new KeyTerms(random.Next(0, 3) * 86_400), "ann", null),
                3 => new BindAudience(remote, version, "ann", null),
                4 => new PromoteKey(version, only, "ann", null),
                5 => new RollBackKey(only, "ann", null),
                6 => new RetireKey(version, "ann", null),
                7 => new UnbindAudience(remote, "ann", null),
                _ => random.Next(2) == 0 ? new PauseAudience("ann", null) : new ResumeAudience("ann", null),
            };
        }
    }
}

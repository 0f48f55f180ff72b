using AudienceSync.Domain.Permission;

namespace AudienceSync.Domain.Tests.Permission;

/// <summary>Folding of answers, compared with a search of all answers, in any order, and split between two anchors of one person.</summary>
public sealed class PermissionsTests
{
    [Theory]
    [InlineData(PermissionTopic.UserData, null, true, TargetingRestrictions.UserDataGranted)]
    [InlineData(PermissionTopic.UserData, null, false, TargetingRestrictions.UserDataDenied | TargetingRestrictions.EverRefused)]
    [InlineData(PermissionTopic.Personalization, null, true, TargetingRestrictions.PersonalizationGranted)]
    [InlineData(
        PermissionTopic.Personalization,
        null,
        false,
        TargetingRestrictions.PersonalizationDenied | TargetingRestrictions.EverRefused
    )]
    [InlineData(PermissionTopic.Targeting, null, true, TargetingRestrictions.None)]
    [InlineData(PermissionTopic.Targeting, null, false, TargetingRestrictions.Suppressed | TargetingRestrictions.EverRefused)]
    [InlineData(PermissionTopic.Targeting, "main", true, TargetingRestrictions.None)]
    [InlineData(PermissionTopic.Targeting, "main", false, TargetingRestrictions.SuppressedSomewhere | TargetingRestrictions.EverRefused)]
    [InlineData(PermissionTopic.Existence, null, false, TargetingRestrictions.Erasing | TargetingRestrictions.EverRefused)]
    public void One_answer_sets_only_the_restrictions_of_its_topic(
        PermissionTopic topic,
        string? destination,
        bool yes,
        TargetingRestrictions expected
    )
    {
        var permissions = Permissions.Unspecified.Apply(new PermissionFact(topic, destination, yes, At(1)));
        permissions.Restrictions.ShouldBe(expected);
        permissions.EverRefused.ShouldBe(expected.HasFlag(TargetingRestrictions.EverRefused));
        permissions.RestrictedAt.ShouldBe(destination is not null && !yes ? [destination] : null);
    }

    [Fact]
    public void The_latest_answer_holds_in_any_order_and_a_no_holds_on_a_tie()
    {
        var seed = Environment.TickCount;
        var random = new Random(seed);
        for (var round = 0; round < 2_000; round++)
        {
            var facts = Enumerable.Range(0, random.Next(1, 9)).Select(_ => Fact(random)).ToArray();
            var expected = Expected(facts);
            Fold(facts).Restrictions.ShouldBe(expected, $"seed {seed}, round {round}");
            random.Shuffle(facts);
            Fold(facts).Restrictions.ShouldBe(expected, $"seed {seed}, round {round}, shuffled");
            var cut = random.Next(facts.Length + 1);
            Fold(facts[..cut]).With(Fold(facts[cut..])).Restrictions.ShouldBe(expected, $"seed {seed}, round {round}, cut at {cut}");
            Fold(facts).RestrictedAt.ShouldBe(RestrictedAt(facts), $"seed {seed}, round {round}");
        }
    }

    [Fact]
    public void Only_a_known_yes_to_ads_without_any_no_is_a_repetition()
    {
        var yes = new PermissionFact(PermissionTopic.UserData, null, true, At(1));
        var other = yes with { Topic = PermissionTopic.Personalization };
        Permissions.Unspecified.IsRepeatedBy(yes).ShouldBeFalse();
        Permissions.Unspecified.Apply(yes).IsRepeatedBy(yes with { At = At(5) }).ShouldBeTrue();
        Permissions.Unspecified.Apply(yes).IsRepeatedBy(other).ShouldBeFalse();
        Permissions.Unspecified.Apply(other).IsRepeatedBy(other with { At = At(5) }).ShouldBeTrue();
        Permissions.Unspecified.Apply(yes).IsRepeatedBy(yes with { Yes = false }).ShouldBeFalse();
        (Permissions.Unspecified.Apply(yes) with { Exact = true }).IsRepeatedBy(yes).ShouldBeFalse();
        Permissions.Unspecified.Apply(yes).Apply(other with { Yes = false }).IsRepeatedBy(yes).ShouldBeFalse();
        var lifted = yes with { Topic = PermissionTopic.Targeting };
        Permissions.Unspecified.Apply(lifted).IsRepeatedBy(lifted).ShouldBeFalse();
    }

    [Fact]
    public void Two_anchors_together_are_exact_only_when_both_are_and_the_latest_erasure_is_kept()
    {
        var exact = Permissions.Unspecified with { Exact = true };
        exact.With(exact).Exact.ShouldBeTrue();
        exact.With(Permissions.Unspecified).Exact.ShouldBeFalse();
        Permissions.Unspecified.With(exact).Exact.ShouldBeFalse();
        var erasure = new PermissionFact(PermissionTopic.Existence, null, false, At(3));
        Permissions.Unspecified.Apply(erasure).Apply(erasure with { At = At(2) }).ErasingAt.ShouldBe(At(3));
        Permissions.Unspecified.Apply(erasure with { At = At(2) }).Apply(erasure).ErasingAt.ShouldBe(At(3));
    }

    private static Permissions Fold(IEnumerable<PermissionFact> facts) =>
        facts.Aggregate(Permissions.Unspecified, (known, fact) => known.Apply(fact));

    private static TargetingRestrictions Expected(PermissionFact[] facts)
    {
        var restrictions =
            Latest(facts, PermissionTopic.Targeting, null) == false ? TargetingRestrictions.Suppressed : TargetingRestrictions.None;
        restrictions |= RestrictedAt(facts) is null ? TargetingRestrictions.None : TargetingRestrictions.SuppressedSomewhere;
        restrictions |= Latest(facts, PermissionTopic.UserData, null) switch
        {
            true => TargetingRestrictions.UserDataGranted,
            false => TargetingRestrictions.UserDataDenied,
            _ => TargetingRestrictions.None,
        };
        restrictions |= Latest(facts, PermissionTopic.Personalization, null) switch
        {
            true => TargetingRestrictions.PersonalizationGranted,
            false => TargetingRestrictions.PersonalizationDenied,
            _ => TargetingRestrictions.None,
        };
        restrictions |= facts.Any(fact => fact.Topic == PermissionTopic.Existence)
            ? TargetingRestrictions.Erasing
            : TargetingRestrictions.None;
        return restrictions | (facts.Any(fact => !fact.Yes) ? TargetingRestrictions.EverRefused : TargetingRestrictions.None);
    }

    private static string[]? RestrictedAt(PermissionFact[] facts)
    {
        var restricted = new[] { "crm", "main" }.Where(name => Latest(facts, PermissionTopic.Targeting, name) == false).ToArray();
        return restricted.Length == 0 ? null : restricted;
    }

    private static bool? Latest(PermissionFact[] facts, PermissionTopic topic, string? destination)
    {
        var answers = facts
            .Where(fact => fact.Topic == topic && fact.Destination == destination)
            .OrderBy(fact => fact.At)
            .ThenByDescending(fact => fact.Yes)
            .ToList();
        return answers.Count == 0 ? null : answers[^1].Yes;
    }

    private static PermissionFact Fact(Random random) =>
        random.Next(5) switch
        {
            0 => new(PermissionTopic.UserData, null, random.Next(2) == 0, At(random.Next(5))),
            1 => new(PermissionTopic.Personalization, null, random.Next(2) == 0, At(random.Next(5))),
            2 => new(PermissionTopic.Targeting, null, random.Next(2) == 0, At(random.Next(5))),
            3 => new(PermissionTopic.Targeting, random.Next(2) == 0 ? "main" : "crm", random.Next(2) == 0, At(random.Next(5))),
            _ => random.Next(4) == 0
                ? new(PermissionTopic.Existence, null, false, At(random.Next(5)))
                : new(PermissionTopic.UserData, null, true, At(random.Next(5))),
        };

    private static DateTimeOffset At(int second) => new(2026, 3, 1, 12, 0, second, TimeSpan.Zero);
}

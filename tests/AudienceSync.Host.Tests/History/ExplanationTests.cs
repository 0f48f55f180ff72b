using AudienceSync.Domain.History;
using AudienceSync.Domain.Identity;
using AudienceSync.Host.History;

namespace AudienceSync.Host.Tests.History;

public sealed class ExplanationTests
{
    [Theory]
    [InlineData(31)]
    [InlineData(32)]
    public async Task Why_lists_every_event_of_a_person_once_and_marks_which_one_decides(int seed)
    {
        await using var stage = await PastStage.CreateAsync(seed, stories: 60, batches: 20, TimeSpan.FromDays(1), TimeSpan.FromMinutes(1));
        var explainer = new Explainer(stage.People, new PersonTrailQueries(stage.Workspace.Database));
        var log = stage
            .Naive.Events.Where(one => !one.Type.StartsWith("audience_key", StringComparison.Ordinal) && one.Type != "audience_registered")
            .ToList();
        var people = log.GroupBy(one => NaivePast.Root(log, one.Stream)).ToList();

        foreach (var person in people)
        {
            var anchor = person.ElementAt(seed % person.Count()).Stream;
            var why = (await explainer.ExplainAsync(new PersonId(anchor), stage.Key, default)).ShouldNotBeNull();
            why.Person.ShouldBe(person.Key, $"seed {seed}");
            why.Events.Select(one => one.Event.Position).ShouldBe(person.Select(one => one.Position), $"seed {seed}, {person.Key}");
            why.Events.Where(one => one.Event.Type.StartsWith("audience_member", StringComparison.Ordinal))
                .Select(one => $"{one.Event.Position} {one.Effect}")
                .ShouldBe(EventEffects(person), $"seed {seed}, {person.Key}");
            (why.Membership.Status is null).ShouldBe(!person.Any(one => one.Type.StartsWith("audience_member", StringComparison.Ordinal)));
            why.Events.Where(one => one.Event.Type == "person_linked")
                .GroupBy(one => one.Event.Anchor)
                .ShouldAllBe(links =>
                    links.Last().Effect == EventEffect.Decides && links.SkipLast(1).All(link => link.Effect == EventEffect.Superseded)
                );
        }

        people.Count.ShouldBeGreaterThan(60);
        (await explainer.ExplainAsync(new PersonId(Guid.NewGuid()), stage.Key, default)).ShouldBeNull();
    }

    [Fact]
    public async Task The_history_of_a_person_agrees_with_the_list_at_any_moment()
    {
        const int seed = 33;
        await using var stage = await PastStage.CreateAsync(
            seed,
            stories: 40,
            batches: 20,
            TimeSpan.FromMinutes(3),
            TimeSpan.FromMinutes(1)
        );
        var random = new Random(seed);
        var people = stage
            .Naive.Events.Where(one => one.OccurredAt is not null && one.Type.StartsWith("audience_member", StringComparison.Ordinal))
            .Select(one => one.Stream)
            .Distinct()
            .ToList();
        var inside = 0;
        for (var n = 0; n < 40; n++)
        {
            var at = Workspaces.TestWorkspace.Start.AddSeconds(random.Next(-62 * 60, -45 * 60));
            var listed = stage.Naive.In(at, AsOfMeaning.Happened);
            var history = (await stage.People.HistoryAsync(new PersonId(people[random.Next(people.Count)]), default)).ShouldNotBeNull();
            var span = history.Spans.SingleOrDefault(one => one.Since <= at && (one.Until is null || one.Until > at));
            var isIn =
                span is not null
                && span.Status
                    is Domain.Membership.MembershipStatus.Present
                        or Domain.Membership.MembershipStatus.Withheld
                        or Domain.Membership.MembershipStatus.Limited;
            isIn.ShouldBe(listed.ContainsKey(history.Person), $"seed {seed}, {history.Person} at {at:O}");
            inside += isIn ? 1 : 0;
        }

        inside.ShouldBeGreaterThan(3);
    }

    private static IEnumerable<string> EventEffects(IEnumerable<NaiveEvent> person)
    {
        var stored = person.Where(one => one.Type.StartsWith("audience_member", StringComparison.Ordinal)).ToList();
        var add = stored
            .Where(one => one.Type == "audience_member_added")
            .OrderByDescending(one => one.OccurredAt)
            .ThenBy(one => one.Position)
            .FirstOrDefault();
        var remove = stored
            .Where(one => one.Type == "audience_member_removed")
            .OrderByDescending(one => one.OccurredAt)
            .ThenBy(one => one.Position)
            .FirstOrDefault();
        var decides = add is null || remove?.OccurredAt >= add.OccurredAt ? remove : add;
        return stored.Select(one =>
            $"{one.Position} "
            + $"{(one == decides ? EventEffect.Decides : one == add || one == remove ? EventEffect.Outweighed : EventEffect.Superseded)}"
        );
    }
}

using AudienceSync.Domain.History;
using AudienceSync.Domain.Identity;
using AudienceSync.Domain.Membership;
using AudienceSync.Host.History;
using AudienceSync.Host.Tests.Workspaces;

namespace AudienceSync.Host.Tests.History;

/// <summary>Queries of the past of versions that inherit: the events of their predecessors count for them.</summary>
public sealed class SuccessorTests
{
    private static readonly TimeSpan Window = TimeSpan.FromMinutes(70);

    [Theory]
    [InlineData(61, AsOfMeaning.Happened)]
    [InlineData(62, AsOfMeaning.Known)]
    public async Task Lists_and_differences_equal_a_fold_of_all_events_that_count_for_the_successor(int seed, AsOfMeaning mode)
    {
        await using var stage = await StageAsync(seed);
        var random = new Random(seed);
        var (members, changes, before) = (0, 0, 0);
        for (var version = 2; version <= 3; version++)
        {
            var naive = await stage.NaiveOfAsync(version);
            var published = naive.Events.Single(naive.IsPublication).RecordedAt;
            for (var n = 0; n < 40; n++)
            {
                var (from, to) = (Moment(random, mode), Moment(random, mode));
                var (left, entered) = (naive.In(from, mode), naive.In(to, mode));
                var listed = await ListAsync(stage, version, to, mode);
                listed
                    .ToDictionary(member => member.Person, member => member.Until!.Value)
                    .OrderBy(one => one.Key)
                    .ShouldBe(entered.OrderBy(one => one.Key), $"seed {seed}, version {version}, {mode} {to:O}");
                var expected = left
                    .Keys.Except(entered.Keys)
                    .Select(person => $"Left {person}")
                    .Concat(entered.Keys.Except(left.Keys).Select(person => $"Entered {person}"));
                var differ = await DiffAllAsync(stage, version, (from, to), mode);
                differ
                    .Order(StringComparer.Ordinal)
                    .ShouldBe(expected.Order(StringComparer.Ordinal), $"seed {seed}, version {version}, {mode} {from:O} {to:O}");
                members += listed.Count;
                changes += differ.Count;
                before += mode == AsOfMeaning.Known && to < published ? 1 : 0;
            }
        }

        members.ShouldBeGreaterThan(500);
        changes.ShouldBeGreaterThan(50);
        before.ShouldBeGreaterThan(mode == AsOfMeaning.Known ? 5 : -1, "before it was published it had no members");
    }

    [Fact]
    public async Task As_of_now_a_successors_list_equals_the_projection_and_each_member_is_explained_by_events_of_any_version()
    {
        await using var stage = await StageAsync(63);
        var (successor, now) = (stage.KeyOf(3), stage.Workspace.Clock.GetUtcNow());
        var projected = await new MemberQueries(stage.Workspace.Database).ListAsync(successor.KeyId, Guid.Empty, 10_000, default);
        (await ListAsync(stage, 3, now, AsOfMeaning.Known))
            .Select(member => $"{member.Person} {member.Status} {member.Until:O}")
            .Order(StringComparer.Ordinal)
            .ShouldBe(projected.Select(member => $"{member.Person} {member.Status} {member.Until:O}").Order(StringComparer.Ordinal));

        var explainer = new Explainer(stage.People, new PersonTrailQueries(stage.Workspace.Database));
        var inherited = 0;
        foreach (var member in projected)
        {
            var why = (await explainer.ExplainAsync(new PersonId(member.Person), successor, default)).ShouldNotBeNull();
            why.Membership.Status.ShouldBe(member.Status);
            var decides = why.Events.Single(one => one.Effect == EventEffect.Decides && one.Event.Type == "audience_member_added");
            decides.Event.OccurredAt.ShouldBe(why.Membership.AddedAt);
            inherited += decides.Event.AudienceKey == successor.Key.Value ? 0 : 1;
            var history = (await stage.People.HistoryAsync(new PersonId(member.Person), default)).ShouldNotBeNull();
            history.Spans.Last(span => span.AudienceKey == successor.Key.Value).Status.ShouldBe(member.Status);
        }

        inherited.ShouldBeGreaterThan(3);
        projected.Count.ShouldBeGreaterThan(inherited);
    }

    private static Task<PastStage> StageAsync(int seed) =>
        PastStage.CreateAsync(seed, stories: 60, batches: 40, Window, TimeSpan.FromMinutes(1), pageEvents: 97, successors: 2);

    private static async Task<List<string>> DiffAllAsync(
        PastStage stage,
        int version,
        (DateTimeOffset From, DateTimeOffset To) times,
        AsOfMeaning mode
    )
    {
        var changes = new List<string>();
        for (Guid? mark = Guid.Empty; mark is { } after; )
        {
            var page = await stage.Past.DiffAsync(stage.KeyOf(version), times, mode, after, 25, default);
            changes.AddRange(page.Changes.Select(change => $"{change.Change} {change.Member.Person}"));
            mark = page.Next;
        }

        return changes;
    }

    private static async Task<List<MemberView>> ListAsync(PastStage stage, int version, DateTimeOffset at, AsOfMeaning mode)
    {
        var listed = new List<MemberView>();
        for (Guid? mark = Guid.Empty; mark is { } after; )
        {
            var page = await stage.Past.ListAsync(stage.KeyOf(version), at, mode, after, 25, default);
            listed.AddRange(page.Members);
            mark = page.Next;
        }

        return listed;
    }

    private static DateTimeOffset Moment(Random random, AsOfMeaning mode) =>
        mode == AsOfMeaning.Happened
            ? TestWorkspace.Start.AddSeconds(random.Next(-62 * 60, 40 * 60))
            : TestWorkspace.Start.AddSeconds(random.Next(-60, 45 * 60));
}

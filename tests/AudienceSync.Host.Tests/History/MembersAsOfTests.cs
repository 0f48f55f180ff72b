using AudienceSync.Domain.History;
using AudienceSync.Host.History;
using AudienceSync.Host.Tests.Workspaces;

namespace AudienceSync.Host.Tests.History;

public sealed class MembersAsOfTests
{
    private static readonly TimeSpan Window = TimeSpan.FromMinutes(70);

    [Theory]
    [InlineData(11, AsOfMeaning.Happened)]
    [InlineData(12, AsOfMeaning.Known)]
    public async Task A_list_as_of_a_moment_equals_a_fold_of_the_events_that_count_then(int seed, AsOfMeaning mode)
    {
        await using var stage = await PastStage.CreateAsync(seed, stories: 60, batches: 40, Window, TimeSpan.FromMinutes(1));
        var random = new Random(seed);
        var (members, empty) = (0, 0);
        for (var n = 0; n < 100; n++)
        {
            var at = Moment(random, mode);
            var listed = await ListAsync(stage, at, mode, limit: random.Next(1, 30));
            listed
                .ToDictionary(member => member.Person, member => member.Until!.Value)
                .OrderBy(one => one.Key)
                .ShouldBe(stage.Naive.In(at, mode).OrderBy(one => one.Key), $"seed {seed}, {mode} {at:O}");
            members += listed.Count;
            empty += listed.Count == 0 ? 1 : 0;
        }

        members.ShouldBeGreaterThan(500, "empty lists prove nothing");
        empty.ShouldBeLessThan(60);
    }

    [Theory]
    [InlineData(13, AsOfMeaning.Happened)]
    [InlineData(14, AsOfMeaning.Known)]
    public async Task The_difference_of_two_moments_is_that_of_their_lists(int seed, AsOfMeaning mode)
    {
        await using var stage = await PastStage.CreateAsync(seed, stories: 60, batches: 40, Window, TimeSpan.FromMinutes(1));
        var random = new Random(seed);
        var changes = 0;
        for (var n = 0; n < 40; n++)
        {
            var (from, to) = (Moment(random, mode), Moment(random, mode));
            var (before, after) = (stage.Naive.In(from, mode).Keys, stage.Naive.In(to, mode).Keys);
            var expected = before
                .Except(after)
                .Select(person => $"Left {person}")
                .Concat(after.Except(before).Select(person => $"Entered {person}"))
                .Order(StringComparer.Ordinal)
                .ToList();
            var actual = new List<string>();
            for (Guid? mark = Guid.Empty; mark is { } after_; )
            {
                var page = await stage.Past.DiffAsync(stage.Key, (from, to), mode, after_, random.Next(1, 30), default);
                actual.AddRange(page.Changes.Select(change => $"{change.Change} {change.Member.Person}"));
                mark = page.Next;
            }

            actual.Order(StringComparer.Ordinal).ToList().ShouldBe(expected, $"seed {seed}, {mode} {from:O} {to:O}");
            changes += expected.Count;
        }

        changes.ShouldBeGreaterThan(200);
    }

    [Fact]
    public async Task As_of_now_a_list_equals_the_projection_with_status_and_restrictions()
    {
        await using var stage = await PastStage.CreateAsync(15, stories: 80, batches: 10, TimeSpan.FromDays(1), TimeSpan.FromMinutes(1));
        var projected = await new MemberQueries(stage.Workspace.Database).ListAsync(stage.Key.KeyId, Guid.Empty, 10_000, default);

        foreach (var mode in Enum.GetValues<AsOfMeaning>())
        {
            var listed = await ListAsync(stage, stage.Workspace.Clock.GetUtcNow(), mode, limit: 50);
            listed.Select(Text).Order(StringComparer.Ordinal).ShouldBe(projected.Select(Text).Order(StringComparer.Ordinal));
        }

        projected.Count(member => member.Restrictions.Count > 0).ShouldBeGreaterThan(5);

        // Which times a row holds may differ by anchor; status, window and restrictions are those of the person.
        static string Text(MemberView member) =>
            $"{member.Person} {member.Status} {member.Since:O} {member.Until:O} {string.Join(' ', member.Restrictions)} "
            + $"{string.Join(' ', member.RestrictedAt)}";
    }

    private static async Task<List<MemberView>> ListAsync(PastStage stage, DateTimeOffset at, AsOfMeaning mode, int limit)
    {
        var listed = new List<MemberView>();
        for (Guid? mark = Guid.Empty; mark is { } after; )
        {
            var page = await stage.Past.ListAsync(stage.Key, at, mode, after, limit, default);
            page.Members.Count.ShouldBeLessThanOrEqualTo(limit);
            listed.AddRange(page.Members);
            mark = page.Next;
        }

        return listed;
    }

    // The events occurred in the hour before the start, and were recorded in the 40 minutes after it.
    private static DateTimeOffset Moment(Random random, AsOfMeaning mode) =>
        mode == AsOfMeaning.Happened
            ? TestWorkspace.Start.AddSeconds(random.Next(-62 * 60, 25 * 60))
            : TestWorkspace.Start.AddSeconds(random.Next(-60, 25 * 60));
}

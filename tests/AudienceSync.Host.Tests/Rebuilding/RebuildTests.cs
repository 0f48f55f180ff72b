using AudienceSync.Host.Ingest.Append;
using AudienceSync.Host.Projection.Rebuilding;
using AudienceSync.Host.Tests.People;
using AudienceSync.Host.Tests.Projecting;
using AudienceSync.Host.Tests.Workspaces;

namespace AudienceSync.Host.Tests.Rebuilding;

/// <summary>What a rebuild computes from the log, and which of its rows the lanes process.</summary>
public sealed class RebuildTests
{
    private static readonly TimeSpan?[] Windows = [null, TimeSpan.FromDays(7), TimeSpan.FromDays(1)];

    [Theory]
    [InlineData(11, 1, 400_000_000)]
    [InlineData(12, 40, 400_000_000)]
    [InlineData(13, 500, 2_000)]
    [InlineData(14, 12, 9_000)]
    public async Task Rebuilt_rows_equal_live_rows_with_links_consent_and_suppressions(int seed, int batchEvents, long memoryBytes)
    {
        var random = new Random(seed);
        await using var workspace = await TestWorkspace.CreateAsync([null]);
        using var stage = new ProjectionStage(workspace);
        await using var rebuilds = new RebuildStage(workspace);
        var stories = Enumerable
            .Range(0, batchEvents == 1 ? 30 : 200)
            .Select(number => new PeopleStory(workspace.Webhooks, number, random));
        var events = stories.SelectMany(story => story.Events).ToArray();
        random.Shuffle(events);
        {
            var log = workspace.OpenLog();
            foreach (var batch in events.Chunk(batchEvents))
            {
                await log.AppendAsync([new PendingRequest(batch, [], default, TestWorkspace.Start)], default);
            }
        }

        await stage.ProjectAsync(pageEvents: 97);
        var (rows, permissions, links) = (await rebuilds.RowsAsync(), await rebuilds.PermissionsAsync(), await rebuilds.LinksAsync());
        var counts = await workspace.RowsAsync("select applied + superseded from projection_counts");

        var result = await rebuilds.Rebuild(memoryBytes).RunAsync(null, default);

        (await rebuilds.RowsAsync()).ShouldBe(rows, $"seed {seed}");
        (await rebuilds.PermissionsAsync()).ShouldBe(permissions, $"seed {seed}");
        (await rebuilds.LinksAsync()).ShouldBe(links, $"seed {seed}");
        (await workspace.RowsAsync("select applied + superseded from projection_counts")).ShouldBe(counts, $"seed {seed}");
        (result.Drift.Different, result.Drift.Same, result.Rechecked).ShouldBe((0, rows.Count, 0), $"seed {seed}: {result.Drift.ToJson()}");
        (result.Passes > 1).ShouldBe(memoryBytes < 10_000);
        links.ShouldNotBeEmpty();
    }

    [Theory]
    [InlineData(21, 400_000_000)]
    [InlineData(22, 5_000)]
    public async Task A_rebuild_with_no_live_rows_equals_what_a_naive_reader_of_the_log_computes(int seed, long memoryBytes)
    {
        await using var workspace = await TestWorkspace.CreateAsync(Windows);
        using var stage = new ProjectionStage(workspace);
        await using var rebuilds = new RebuildStage(workspace);
        var history = new RandomHistory(workspace, seed, customers: 300, eventsEach: 6);
        history.Make();
        await history.AppendAsync(0, int.MaxValue);

        var result = await rebuilds.Rebuild(memoryBytes).RunAsync(null, default);

        await history.VerifyAsync(stage);
        result.Drift.Behind.ShouldBe(result.Rows);
        result.Rechecked.ShouldBe(result.Rows);
    }

    [Fact]
    public async Task Lanes_process_exactly_the_members_that_differ()
    {
        await using var workspace = await TestWorkspace.CreateAsync([null]);
        using var stage = new ProjectionStage(workspace);
        await using var rebuilds = new RebuildStage(workspace);
        await rebuilds.AppendAsync([.. Enumerable.Range(0, 50).Select(n => workspace.Webhooks.Add($"e{n}", TestWorkspace.Start, $"c{n}"))]);
        await stage.ProjectAsync();
        var right = await rebuilds.RowsAsync();
        await workspace.ExecuteAsync(
            """
            update membership set state = 2 where changed_pos in (3, 4, 5);
            update membership set restrictions = 1 where changed_pos = 6;
            update membership set removed_at = 'epoch' where changed_pos in (7, 8);
            delete from membership where changed_pos = 9;
            insert into membership values (1, '00000000-0000-0000-0000-000000000001', now(), null, 1, now(), null, 1, 51);
            update projection_counts set changed_pos = 51
            """
        );

        var result = await rebuilds.RunAsync();

        result.Drift.ShouldBe(
            new Drift
            {
                Same = 43,
                Status = 3,
                Restrictions = 1,
                Times = 2,
                Missing = 1,
                Unfounded = 1,
            }
        );
        result.Rechecked.ShouldBe(6);
        var after = await rebuilds.RowsAsync();
        after.Count(right.Contains).ShouldBe(45);
        after.Count.ShouldBe(51);
        (await workspace.RowsAsync("select state from membership where person = '00000000-0000-0000-0000-000000000001'")).ShouldBe(["2"]);
        (await workspace.AskAsync<long>("select count(*) from membership where changed_pos > 51")).ShouldBe(6);
        (await workspace.RowsAsync("select changed_pos from membership group by 1 having count(*) > 1")).ShouldBeEmpty();
        (
            await workspace.AskAsync<bool>("select (select max(changed_pos) from membership) <= changed_pos from projection_counts")
        ).ShouldBeTrue();
    }

    [Fact]
    public async Task New_identifiers_that_only_the_rebuild_has_read_are_processed()
    {
        await using var workspace = await TestWorkspace.CreateAsync([null]);
        using var stage = new ProjectionStage(workspace);
        await using var rebuilds = new RebuildStage(workspace);
        await rebuilds.AppendAsync(
            workspace.Webhooks.Add("a", TestWorkspace.Start, "ann"),
            workspace.Webhooks.Add("b", TestWorkspace.Start, "bob")
        );
        await stage.ProjectAsync();
        await rebuilds.AppendAsync(workspace.Webhooks.Add("c", TestWorkspace.Start.AddDays(-1), "ann", "ann@shop.example"));

        (await rebuilds.RunAsync()).Rechecked.ShouldBe(1);
        (await rebuilds.RunAsync()).Rechecked.ShouldBe(0);
    }

    [Fact]
    public async Task One_audience_is_rebuilt_without_touching_another_and_can_be_undone()
    {
        await using var workspace = await TestWorkspace.CreateAsync(null, null);
        using var stage = new ProjectionStage(workspace);
        await using var rebuilds = new RebuildStage(workspace);
        await rebuilds.AppendAsync([
            .. Enumerable.Range(0, 20).Select(n => workspace.Webhooks.Add($"e{n}", TestWorkspace.Start, $"c{n}", key: n % 2)),
        ]);
        await stage.ProjectAsync();
        await workspace.ExecuteAsync("update membership set state = 2 where changed_pos % 5 = 0");
        var wrong = await workspace.RowsAsync("select key_id, count(*) from membership where state = 2 group by 1 order by 1");
        var second = workspace.Keys.ByName("k1_v1")!.KeyId;

        var result = await rebuilds.RunAsync(second);
        await rebuilds.AppendAsync(workspace.Webhooks.Add("later", TestWorkspace.Start, "later", key: 1));
        await stage.ProjectAsync();

        (await workspace.RowsAsync("select key_id, count(*) from membership where state = 2 group by 1")).ShouldBe([wrong[0]]);
        result.Rechecked.ShouldBe(long.Parse(wrong[1].Split(' ')[1]));
        await rebuilds.Rebuild().UndoAsync(default);
        (await workspace.RowsAsync("select key_id, count(*) from membership where state = 2 group by 1 order by 1")).ShouldBe(wrong);
        (await workspace.AskAsync<long>("select count(*) from membership")).ShouldBe(21);
    }

    [Fact]
    public async Task An_undo_restores_the_former_rows_with_all_later_changes()
    {
        await using var workspace = await TestWorkspace.CreateAsync(Windows);
        using var stage = new ProjectionStage(workspace);
        await using var rebuilds = new RebuildStage(workspace);
        var history = new RandomHistory(workspace, 31, customers: 60, eventsEach: 8);
        history.Make();
        await history.AppendAsync(0, 300);
        await stage.ProjectAsync();
        await rebuilds.RunAsync();
        await history.AppendAsync(300, 100);
        await stage.ProjectAsync();
        await history.AppendAsync(400, int.MaxValue);

        (await rebuilds.Rebuild().UndoAsync(default)).Kind.ShouldBe("undo");
        await stage.ProjectAsync();

        await history.VerifyAsync(stage);
        (
            await Should.ThrowAsync<RebuildException>(async () =>
            {
                await workspace.ExecuteAsync("drop table former_default.membership");
                await rebuilds.Rebuild().UndoAsync(default);
            })
        ).Code.ShouldBe("nothing_to_undo");
    }

    [Fact]
    public async Task Tables_of_another_schema_are_not_restored()
    {
        await using var workspace = await TestWorkspace.CreateAsync([null]);
        await using var rebuilds = new RebuildStage(workspace);
        await rebuilds.RunAsync();
        await workspace.ExecuteAsync("insert into schema_versions (name, digest) values ('9999_later.sql', '')");

        (await Should.ThrowAsync<RebuildException>(() => rebuilds.Rebuild().UndoAsync(default))).Code.ShouldBe("nothing_to_undo");
    }
}

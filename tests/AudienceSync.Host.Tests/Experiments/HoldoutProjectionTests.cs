using AudienceSync.Domain.Audiences;
using AudienceSync.Domain.Experiments;
using AudienceSync.Domain.Exposures;
using AudienceSync.Domain.Identity;
using AudienceSync.Host.Audiences;
using AudienceSync.Host.Audiences.Registry;
using AudienceSync.Host.Ingest.Append;
using AudienceSync.Host.Tests.People;
using AudienceSync.Host.Tests.Projecting;
using AudienceSync.Host.Tests.Rebuilding;
using AudienceSync.Host.Tests.Workspaces;
using Xunit.Abstractions;

namespace AudienceSync.Host.Tests.Experiments;

/// <summary>Arms as the projector stores them: live, rebuilt, restored, and when two people become one.</summary>
public sealed class HoldoutProjectionTests(ITestOutputHelper output)
{
    // Every row of a root, beside the ids of its anchors, oldest first.
    private const string GroupsSql = """
        select m.state, m.person, array_to_string(array(
            with recursive down(person) as (
              select m.person union select l.person from down join person_links l on l.owner = down.person)
            select person from down order by person), ',')
        from membership m where m.state <> 5 and m.key_id = 1 order by m.person
        """;

    [Theory]
    [InlineData(51, 5_000, 400_000_000)]
    [InlineData(52, 31, 400_000_000)]
    [InlineData(53, 97, 9_000)]
    public async Task Rebuilt_rows_equal_live_rows_while_experiments_start_run_and_end(int seed, int pageEvents, long memoryBytes)
    {
        output.WriteLine($"seed {seed}");
        var random = new Random(seed);
        await using var workspace = await TestWorkspace.CreateAsync(null, TimeSpan.FromDays(20));
        using var stage = new ProjectionStage(workspace);
        await using var rebuilds = new RebuildStage(workspace);
        var events = Enumerable
            .Range(0, 150)
            .SelectMany(number => new PeopleStory(workspace.Webhooks, number, random, keys: 2).Events)
            .ToArray();
        random.Shuffle(events);
        var parts = events.Chunk((events.Length + 2) / 3).ToList();

        await AppendAsync(workspace, parts[0]);
        await stage.ProjectAsync(pageEvents);
        await EqualAsync(workspace, rebuilds, memoryBytes, seed);
        await DeclareAsync(workspace, 0, 4_000);
        await DeclareAsync(workspace, 1, 6_000);
        await AppendAsync(workspace, parts[1]);
        await AssignAsync(workspace, stage, pageEvents, phase: 2);
        var held = await workspace.AskAsync<long>("select count(*) from membership where state = 7");
        held.ShouldBeGreaterThan(10);
        await EqualAsync(workspace, rebuilds, memoryBytes, seed);
        await AssignAsync(workspace, stage, pageEvents, phase: 2);
        await EqualAsync(workspace, rebuilds, memoryBytes, seed);
        await VerifyAsync(workspace, 4_000);

        await EndAsync(workspace, 0);
        await AppendAsync(workspace, parts[2]);
        await AssignAsync(workspace, stage, pageEvents, phase: 3);
        (await workspace.AskAsync<long>("select count(*) from membership where state = 7 and key_id = 1")).ShouldBe(0);
        (await workspace.AskAsync<long>("select count(*) from membership where state = 7 and key_id = 2")).ShouldBeGreaterThan(0);
        await EqualAsync(workspace, rebuilds, memoryBytes, seed);
    }

    [Fact]
    public async Task A_generation_from_before_the_start_that_is_brought_back_holds_out_the_same_people()
    {
        await using var workspace = await TestWorkspace.CreateAsync([null]);
        using var stage = new ProjectionStage(workspace);
        await using var rebuilds = new RebuildStage(workspace);
        await AppendAsync(workspace, Adds(workspace, 100));
        await stage.ProjectAsync();
        await rebuilds.RunAsync();
        await DeclareAsync(workspace, 0, 5_000);
        await AssignAsync(workspace, stage, 30, phase: 2);
        var held = await HeldAsync(workspace);
        held.Count.ShouldBeInRange(25, 75);

        await rebuilds.Rebuild().UndoAsync(default);
        (await HeldAsync(workspace)).ShouldBeEmpty("the generation is from before");
        await AssignAsync(workspace, stage, 30, phase: 2);
        (await HeldAsync(workspace)).ShouldBe(held);
        (await workspace.RowsAsync("select changed_pos from membership group by 1 having count(*) > 1")).ShouldBeEmpty();
    }

    [Fact]
    public async Task Two_people_who_become_one_have_the_arm_of_the_older_however_they_are_linked()
    {
        const int Pairs = 200;
        await using var workspace = await TestWorkspace.CreateAsync([null]);
        using var stage = new ProjectionStage(workspace);
        await DeclareAsync(workspace, 0, 5_000);
        var (start, emails) = (TestWorkspace.Start, Enumerable.Range(0, Pairs).Select(n => $"e{n}@shop.example").ToList());

        // The guest is older in the one half, the customer in the other; the customer owns the guest in both.
        await AppendAsync(
            workspace,
            [.. emails.Take(Pairs / 2).Select((email, n) => workspace.Webhooks.Add($"g{n}", start, email: email))]
        );
        await AppendAsync(
            workspace,
            [.. emails.Skip(Pairs / 2).Select((_, n) => workspace.Webhooks.Add($"c{n}", start, $"c{n + (Pairs / 2)}"))]
        );
        workspace.Clock.Advance(TimeSpan.FromMinutes(1));
        await AppendAsync(workspace, [.. emails.Take(Pairs / 2).Select((_, n) => workspace.Webhooks.Add($"d{n}", start, $"c{n}"))]);
        await AppendAsync(
            workspace,
            [.. emails.Skip(Pairs / 2).Select((email, n) => workspace.Webhooks.Add($"h{n}", start, email: email))]
        );
        await AssignAsync(workspace, stage, 50, phase: 2);
        var before = (await workspace.RowsAsync("select person, state from membership")).ToHashSet(StringComparer.Ordinal);
        before.Count.ShouldBe(2 * Pairs);

        await AppendAsync(
            workspace,
            [.. emails.Select((email, n) => workspace.Webhooks.Add($"l{n}", start.AddMinutes(2), $"c{n}", email))]
        );
        await AssignAsync(workspace, stage, 50, phase: 2);
        await VerifyAsync(workspace, 5_000);
        var groups = await workspace.RowsAsync(GroupsSql);
        groups.Count.ShouldBe(Pairs);
        var changed = 0;
        foreach (var group in groups)
        {
            var (state, root, anchors) = group.Split(' ') is [var s, var r, var a] ? (s, r, a.Split(',')) : default;
            anchors.Length.ShouldBe(2);
            before.ShouldContain($"{anchors[0]} {state}", "the arm is that of the older of the two");
            changed += before.Contains($"{root} {state}") ? 0 : 1;
        }

        output.WriteLine($"{changed} of {Pairs} have another arm than the customer alone had");
        changed.ShouldBeGreaterThan(0, "in these the guest was older and in the other arm");
    }

    [Fact]
    public async Task Without_an_experiment_the_projector_keeps_no_sweep_and_reads_no_member()
    {
        await using var workspace = await TestWorkspace.CreateAsync([null]);
        using var stage = new ProjectionStage(workspace);
        await using var rebuilds = new RebuildStage(workspace);
        await AppendAsync(workspace, Adds(workspace, 20));
        await stage.ProjectAsync();
        await rebuilds.RunAsync();
        (await workspace.AskAsync<long>("select count(*) from holdout_sweeps")).ShouldBe(0);
    }

    private static PendingEvent[] Adds(TestWorkspace workspace, int people) =>
        [.. Enumerable.Range(0, people).Select(n => workspace.Webhooks.Add($"e{n}", TestWorkspace.Start, $"c{n}"))];

    private static async Task AppendAsync(TestWorkspace workspace, PendingEvent[] events)
    {
        var log = workspace.OpenLog();
        await log.AppendAsync([new PendingRequest(events, [], default, workspace.Clock.GetUtcNow())], default);
    }

    private static Task DeclareAsync(TestWorkspace workspace, int audience, int share) =>
        ExecuteAsync(
            workspace,
            audience,
            new DeclareExperiment(new ExperimentTerms("x", $"salt {audience}", 10_000 - share, share, null, null), "test", null)
        );

    private static Task EndAsync(TestWorkspace workspace, int audience) =>
        ExecuteAsync(workspace, audience, new EndExperiment("x", "test", null));

    private static Task ExecuteAsync(TestWorkspace workspace, int audience, AudienceCommand command) =>
        new AudienceRegistry(new RegistryStore(workspace.Database, workspace.Clock)).ExecuteAsync($"k{audience}", command, default);

    // Runs a projector until everything is folded and everybody's arm is determined.
    private static async Task AssignAsync(TestWorkspace workspace, ProjectionStage stage, int pageEvents, int phase)
    {
        using var stop = new CancellationTokenSource();
        var running = stage.Run("host", pageEvents, stop.Token);
        await stage.ReachAsync(await stage.HeadAsync());
        await stage.UntilAsync(() =>
            workspace.AskAsync<bool>(
                $"select exists (select from experiments where phase = {phase}) and not exists (select from holdout_sweeps)"
            )
        );
        await stop.CancelAsync();
        await running;
    }

    private static async Task EqualAsync(TestWorkspace workspace, RebuildStage rebuilds, long memoryBytes, int seed)
    {
        var rows = await rebuilds.RowsAsync();
        var result = await rebuilds.Rebuild(memoryBytes).RunAsync(null, default);
        (await rebuilds.RowsAsync()).ShouldBe(rows, $"seed {seed}");
        (result.Drift.Different, result.Rechecked).ShouldBe((0, 0), $"seed {seed}: {result.Drift.ToJson()}");
    }

    // Every member of the first audience is in the arm that the rule gives to the oldest of their anchors.
    private static async Task VerifyAsync(TestWorkspace workspace, int share)
    {
        var holdout = new Holdout("x", "salt 0", share);
        foreach (var row in await workspace.RowsAsync(GroupsSql))
        {
            var columns = row.Split(' ');
            if (columns[0] is "1" or "6" or "7")
            {
                var oldest = new PersonId(Guid.Parse(columns[2].Split(',')[0]));
                (columns[0] == "7").ShouldBe(ArmRule.ArmOf(holdout, oldest) == ExposureArm.Holdout, row);
            }
        }
    }

    private static Task<List<string>> HeldAsync(TestWorkspace workspace) =>
        workspace.RowsAsync("select person from membership where state = 7 order by 1");
}

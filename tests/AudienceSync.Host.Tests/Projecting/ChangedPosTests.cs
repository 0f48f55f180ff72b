using AudienceSync.Host.Ingest.Append;
using AudienceSync.Host.Tests.Workspaces;

namespace AudienceSync.Host.Tests.Projecting;

/// <summary>When a row gets a new number and is therefore processed again by the sync lanes: never without need.</summary>
public sealed class ChangedPosTests
{
    private const string NumbersSql = """
        select a.digest, m.key_id, m.changed_pos from membership m join person_aliases a on a.anchor = m.person and a.kind = 1
        """;

    [Fact]
    public async Task A_window_that_ends_expires_the_rows_that_are_due_and_no_others()
    {
        await using var workspace = await TestWorkspace.CreateAsync(TimeSpan.FromDays(7), null);
        using var stage = new ProjectionStage(workspace);
        await AppendAsync(workspace, workspace.Webhooks.Add("soon", TestWorkspace.Start.AddDays(-6), "soon"));
        await AppendAsync(workspace, workspace.Webhooks.Add("later", TestWorkspace.Start.AddDays(-5), "later"));
        await AppendAsync(workspace, workspace.Webhooks.Add("never", TestWorkspace.Start.AddDays(-100), "never", key: 1));
        await stage.ProjectAsync();
        var before = await NumbersAsync(workspace);
        (await StatesAsync(workspace)).ShouldBe(["1", "1", "1"]);
        workspace.Clock.Advance(TimeSpan.FromDays(1));
        using var stop = new CancellationTokenSource();
        var running = stage.Run("host", pageEvents: 5_000, stop.Token);

        await stage.UntilAsync(async () => (await StatesAsync(workspace)).Contains("3"));
        await stop.CancelAsync();
        await running;

        var after = await NumbersAsync(workspace);
        after.Except(before).ShouldHaveSingleItem().ShouldStartWith(DigestOf(workspace, "soon"));
        (await StatesAsync(workspace)).ShouldBe(["1", "1", "3"]);
        (await workspace.RowsAsync("select since_at = until_at from membership where state = 3")).ShouldBe(["True"]);
    }

    [Fact]
    public async Task New_identifiers_renumber_every_row_of_that_person_and_of_no_other()
    {
        await using var workspace = await TestWorkspace.CreateAsync(null, null);
        using var stage = new ProjectionStage(workspace);
        await AppendAsync(
            workspace,
            workspace.Webhooks.Add("a0", TestWorkspace.Start, "ann"),
            workspace.Webhooks.Remove("a1", TestWorkspace.Start, "ann", key: 1)
        );
        await AppendAsync(workspace, workspace.Webhooks.Add("b0", TestWorkspace.Start, "bob"));
        await stage.ProjectAsync();
        var before = await NumbersAsync(workspace);

        await AppendAsync(workspace, workspace.Webhooks.Add("a2", TestWorkspace.Start.AddDays(-1), "ann", "ann@shop.example"));
        await stage.ProjectAsync();

        var changed = (await NumbersAsync(workspace)).Except(before).ToList();
        changed.Count.ShouldBe(2);
        changed.ShouldAllBe(row => row.StartsWith(DigestOf(workspace, "ann"), StringComparison.Ordinal));
    }

    [Fact]
    public async Task An_event_that_changes_no_status_renumbers_nothing()
    {
        await using var workspace = await TestWorkspace.CreateAsync([null]);
        using var stage = new ProjectionStage(workspace);
        await AppendAsync(workspace, workspace.Webhooks.Add("first", TestWorkspace.Start, "ann"));
        await stage.ProjectAsync();
        var before = await NumbersAsync(workspace);

        await AppendAsync(workspace, workspace.Webhooks.Add("later", TestWorkspace.Start.AddHours(1), "ann"));
        await AppendAsync(workspace, workspace.Webhooks.Remove("earlier", TestWorkspace.Start, "ann"));
        await AppendAsync(workspace, workspace.Webhooks.Add("oldest", TestWorkspace.Start.AddDays(-1), "ann"));
        await stage.ProjectAsync();

        (await NumbersAsync(workspace)).ShouldBe(before);
        (await workspace.RowsAsync("select applied, superseded from projection_counts")).ShouldBe(
            ["5 1"],
            "the audience's registration and the key's publication are counted, too"
        );
    }

    private static async Task AppendAsync(TestWorkspace workspace, params PendingEvent[] events)
    {
        var log = workspace.OpenLog();
        await log.AppendAsync([TestWebhooks.Request(events)], default);
    }

    private static async Task<List<string>> NumbersAsync(TestWorkspace workspace) => [.. (await workspace.RowsAsync(NumbersSql)).Order()];

    private static Task<List<string>> StatesAsync(TestWorkspace workspace) =>
        workspace.RowsAsync("select state from membership order by state");

    private static string DigestOf(TestWorkspace workspace, string customer) =>
        workspace.Webhooks.Alias(Domain.Identity.IdentifierKind.CustomerId, customer).Digest.Value.ToString();
}

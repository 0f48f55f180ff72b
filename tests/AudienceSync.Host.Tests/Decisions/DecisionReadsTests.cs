using AudienceSync.Domain.Identity;
using AudienceSync.Host.Decisions;
using AudienceSync.Host.Tests.Workspaces;
using Npgsql;

namespace AudienceSync.Host.Tests.Decisions;

/// <summary>Questions that are read together.</summary>
public sealed class DecisionReadsTests
{
    private const int Questions = 100;

    [Fact]
    public async Task Each_of_many_questions_at_once_is_answered_about_its_own_person()
    {
        await using var workspace = await TestWorkspace.CreateAsync([null]);
        var added = Enumerable.Range(0, Questions).Select(n => workspace.Webhooks.Add($"e{n}", TestWorkspace.Start, $"c{n}")).ToList();
        await workspace.OpenLog().AppendAsync(added.ConvertAll(one => TestWebhooks.Request(one)), default);
        var reads = Open(workspace);

        var stored = await Task.WhenAll(Enumerable.Range(0, Questions).Select(n => reads.ReadAsync(About(workspace, n), default)));

        for (var n = 0; n < Questions; n++)
        {
            stored[n].Found.Select(one => one.Alias).ShouldBe([workspace.Webhooks.Alias(IdentifierKind.CustomerId, $"c{n}")]);
            stored[n].Anchors.Keys.ShouldBe([stored[n].Found.Single().Holder]);
            stored[n].Pending.ShouldHaveSingleItem().Person.ShouldBe(stored[n].Found.Single().Holder);
        }
    }

    [Fact]
    public async Task Statements_that_nobody_waits_for_any_more_are_ended()
    {
        await using var workspace = await TestWorkspace.CreateAsync([null]);
        var reads = Open(workspace);
        await using var locking = await workspace.Owner.OpenConnectionAsync();
        await using (var command = new NpgsqlCommand("begin; lock table membership in access exclusive mode", locking))
        {
            await command.ExecuteNonQueryAsync();
        }

        using var gaveUp = new CancellationTokenSource();
        var asked = Enumerable.Range(0, Questions).Select(n => reads.ReadAsync(About(workspace, n), gaveUp.Token)).ToList();
        await Deadline.UntilAsync(async () => await BlockedAsync(workspace) == 3, () => "three statements to wait for the lock");

        await gaveUp.CancelAsync();
        foreach (var question in asked)
        {
            await Should.ThrowAsync<OperationCanceledException>(() => question);
        }

        await Deadline.UntilAsync(async () => await BlockedAsync(workspace) == 0, () => "the statements to end");
        await using (var command = new NpgsqlCommand("commit", locking))
        {
            await command.ExecuteNonQueryAsync();
        }

        (await reads.ReadAsync(About(workspace, 0), default)).Found.ShouldBeEmpty();
    }

    private static Task<long> BlockedAsync(TestWorkspace workspace) =>
        workspace.AskAsync<long>(
            "select count(*) from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock' "
                + "and query like 'with recursive projected%'"
        );

    private static DecisionReads Open(TestWorkspace workspace) => new(new DecisionQueries(workspace.Database, hasReports: true));

    private static PersonQuestion About(TestWorkspace workspace, int n) =>
        new([workspace.Webhooks.Alias(IdentifierKind.CustomerId, $"c{n}")], [], [], [1]);
}

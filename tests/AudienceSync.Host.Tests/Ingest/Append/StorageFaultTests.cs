using AudienceSync.Host.Ingest.Append;
using AudienceSync.Host.Tests.Workspaces;
using Npgsql;

namespace AudienceSync.Host.Tests.Ingest.Append;

public sealed class StorageFaultTests
{
    private const int Seed = 20261121;

    /// <summary>Backends die before, within and after commits; every reported result must be correct.</summary>
    [Fact]
    public async Task Under_any_backend_failure_committed_means_once_and_unsettled_at_most_once()
    {
        await using var workspace = await TestWorkspace.CreateAsync([null]);
        var sent = new List<Task<(string Id, AppendResult Result)>>();
        await using (var host = new RunningCommit(workspace))
        {
            var random = new Random(Seed);
            for (var round = 0; round < 60; round++)
            {
                sent.AddRange(Enumerable.Range(0, 20).Select(n => SendEventAsync(host, workspace, $"{round}-{n}", $"c{random.Next(50)}")));
                for (var turns = random.Next(40); turns > 0; turns--)
                {
                    await Task.Yield();
                }

                await workspace.KillAsync();
            }

            await Task.WhenAll(sent);
            (await host.SendEventAsync(workspace.Webhooks.Add("last", TestWorkspace.Start, "c0"))).ShouldBe(
                AppendResult.Committed,
                "it recovers without intervention"
            );
        }

        var rows = (await workspace.RowsAsync("select id from mt_events")).ToHashSet();
        var results = sent.Select(task => task.Result).ToList();
        results.Where(one => one.Result == AppendResult.Committed).ShouldAllBe(one => rows.Contains(one.Id), $"seed {Seed}");
        results.ShouldContain(one => one.Result == AppendResult.StorageDown, $"the test must have broken something, seed {Seed}");
        results.ShouldAllBe(one => one.Result != AppendResult.Unstorable);
        await LogChecks.VerifyAsync(workspace);
    }

    [Fact]
    public async Task An_event_resent_until_it_is_accepted_is_in_the_log_once()
    {
        await using var workspace = await TestWorkspace.CreateAsync([null]);
        using var over = new CancellationTokenSource();
        await using (var host = new RunningCommit(workspace))
        {
            var killer = Task.Run(async () =>
            {
                for (var kills = 0; kills < 100 && !over.IsCancellationRequested; kills++)
                {
                    await workspace.KillAsync();
                }
            });
            await Task.WhenAll(
                Enumerable
                    .Range(0, 300)
                    .Select(async n =>
                    {
                        var deadline = Deadline.In();
                        while ((await SendEventAsync(host, workspace, $"e{n}", $"c{n % 30}")).Result != AppendResult.Committed)
                        {
                            deadline.Check($"the commit of event {n}");
                            await Task.Yield();
                        }
                    })
            );
            await over.CancelAsync();
            await killer;
        }

        (await workspace.AskAsync<long>("select count(*) from mt_events where stream_id in (select person from people)")).ShouldBe(300);
        await LogChecks.VerifyAsync(workspace);
    }

    [Fact]
    public async Task While_storage_is_down_senders_get_an_error_and_afterwards_it_works_again()
    {
        await using var workspace = await TestWorkspace.CreateAsync([null]);
        await using var host = new RunningCommit(workspace);
        await host.SendEventAsync(workspace.Webhooks.Add("before", TestWorkspace.Start, "c"));
        await AllowAsync(workspace, allowed: false);

        (await host.SendEventAsync(workspace.Webhooks.Add("during", TestWorkspace.Start, "c"))).ShouldBe(AppendResult.StorageDown);
        await AllowAsync(workspace, allowed: true);
        (await host.SendEventAsync(workspace.Webhooks.Add("during", TestWorkspace.Start, "c"))).ShouldBe(AppendResult.Committed);

        (await workspace.AskAsync<long>("select version from mt_streams where type = 'person'")).ShouldBe(2);
    }

    private static async Task<(string Id, AppendResult Result)> SendEventAsync(
        RunningCommit host,
        TestWorkspace workspace,
        string id,
        string customer
    )
    {
        var pending = workspace.Webhooks.Add(id, TestWorkspace.Start, customer);
        return (pending.Id.ToString(), await host.SendEventAsync(pending));
    }

    private static async Task AllowAsync(TestWorkspace workspace, bool allowed)
    {
        var settings = new NpgsqlConnectionStringBuilder(workspace.ConnectionString) { Pooling = false };
        var name = settings.Database;
        settings.Database = "postgres";
        await using var connection = new NpgsqlConnection(settings.ConnectionString);
        await connection.OpenAsync();
        foreach (
            var sql in new[]
            {
                $"alter database {name} allow_connections {allowed}",
                $"select pg_terminate_backend(pid, 5000) from pg_stat_activity where datname = '{name}'",
            }
        )
        {
            await using var command = new NpgsqlCommand(sql, connection);
            await command.ExecuteNonQueryAsync();
        }

        NpgsqlConnection.ClearPool(workspace.Owner.CreateConnection());
    }
}

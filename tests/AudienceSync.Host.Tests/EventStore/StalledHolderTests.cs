using System.Diagnostics;
using AudienceSync.Host.EventStore;
using AudienceSync.Host.Ingest.Append;
using AudienceSync.Host.Tests.Ingest.Append;
using AudienceSync.Host.Tests.Workspaces;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using EventLogStore = AudienceSync.Host.Ingest.Append.EventLogStore;

namespace AudienceSync.Host.Tests.EventStore;

/// <summary>A holder of the append lock that becomes silent blocks others for at most five seconds.</summary>
public sealed class StalledHolderTests
{
    private const int Seed = 20261129;

    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(5);

    [Fact]
    public async Task A_session_of_ours_that_goes_silent_under_the_append_lock_is_ended_by_the_server()
    {
        await using var workspace = await TestWorkspace.CreateAsync([null]);
        await using var host = new RunningCommit(workspace);
        await using var silent = await workspace.Database.Append.OpenConnectionAsync();
        await TakeAsync(silent);

        await CommitsSoonAsync(workspace, host);
        await Should.ThrowAsync<NpgsqlException>(() => ExecuteAsync(silent, "commit"));
    }

    [Fact]
    public async Task A_transaction_of_any_client_that_keeps_the_append_lock_is_ended_by_the_waiting_host()
    {
        await using var workspace = await TestWorkspace.CreateAsync([null]);
        await using var host = new RunningCommit(workspace, watched: true);
        await using var silent = await workspace.Owner.OpenConnectionAsync();
        await TakeAsync(silent);

        await CommitsSoonAsync(workspace, host);
        await Should.ThrowAsync<NpgsqlException>(() => ExecuteAsync(silent, "commit"));
    }

    [Fact]
    public async Task A_holder_that_works_is_not_ended()
    {
        await using var workspace = await TestWorkspace.CreateAsync([null]);
        await using var working = await workspace.Owner.OpenConnectionAsync();
        var until = TimeProvider.System.GetUtcNow().AddSeconds(5).UtcDateTime;
        var work = ExecuteAsync(
            working,
            $"select append_lock(); do $$ begin while clock_timestamp() < '{until:O}' loop null; end loop; end $$"
        );

        var deadline = Deadline.In();
        while (!work.IsCompleted)
        {
            deadline.Check("the end of the holder's work");
            (await new StalledHolders(workspace.Database).EndAsync(default)).ShouldBe(0);
        }

        await work;
    }

    /// <summary>PostgreSQL does not count the sender of half a message as idle: only a waiting session can end it.</summary>
    [Fact]
    public async Task A_host_cut_off_in_the_middle_of_a_group_of_500_blocks_nobody_and_nothing_is_lost_or_duplicated()
    {
        await using var workspace = await TestWorkspace.CreateAsync([null]);
        await using var host = new RunningCommit(workspace, watched: true);
        var random = new Random(Seed);
        for (var round = 0; round < 3; round++)
        {
            await CutOffAsync(workspace, host, round, random.Next(4_000, 60_000));
        }

        (await workspace.AskAsync<long>("select count(*) from mt_events where stream_id in (select person from people)")).ShouldBe(
            (3 * 500) + 3 + 3,
            $"seed {Seed}"
        );
        await LogChecks.VerifyAsync(workspace);
    }

    [Fact]
    public async Task Registry_and_erasures_retry_when_the_append_lock_is_not_available_at_once()
    {
        await using var workspace = await TestWorkspace.CreateAsync([null]);
        await using var silent = await workspace.Owner.OpenConnectionAsync();
        await TakeAsync(silent);
        var since = Stopwatch.GetTimestamp();

        var done = await new AppendLock(workspace.Database, new StalledHolders(workspace.Database), TimeProvider.System).RunAsync(
            (_, _) => Task.FromResult(true),
            default
        );

        done.ShouldBeTrue();
        await Should.ThrowAsync<NpgsqlException>(() => ExecuteAsync(silent, "commit"));
        Stopwatch.GetElapsedTime(since).ShouldBeInRange(TimeSpan.FromSeconds(3), TimeSpan.FromSeconds(7));
    }

    [Fact]
    public async Task Every_session_that_takes_the_append_lock_has_the_timeouts_whatever_the_server_settings()
    {
        await using var workspace = await TestWorkspace.CreateAsync();
        await using var append = await workspace.Database.Append.OpenConnectionAsync();
        (await ShowAsync(append, "lock_timeout")).ShouldBe("2s");
        (await ShowAsync(append, "idle_in_transaction_session_timeout")).ShouldBe("2s");
        await using var hot = await workspace.Database.Hot.OpenConnectionAsync();
        (await ShowAsync(hot, "idle_in_transaction_session_timeout")).ShouldBe("2s");
    }

    /// <summary>
    /// The first host sends half of a group and is frozen; the second must get through; then the first resumes on a new connection.
    /// </summary>
    private static async Task CutOffAsync(TestWorkspace workspace, RunningCommit host, int round, int bytes)
    {
        var group = Enumerable
            .Range(0, 500)
            .Select(n => workspace.Webhooks.Add($"g{round}-{n}", TestWorkspace.Start, $"c{round}-{n}", $"e{round}-{n}@example.com"))
            .ToArray();
        await using (var relay = FreezingRelay.Start(workspace.ConnectionString))
        await using (var database = new WorkspaceDatabase(relay.ConnectionString, TestWorkspace.Name))
        {
            var log = new EventLogStore(
                database,
                workspace.Vault,
                workspace.Seal,
                workspace.Tombstones,
                workspace.Clock,
                AudienceSync.Domain.Identity.LinkLimit.Default
            );
            await log.AppendAsync(
                [TestWebhooks.Request(workspace.Webhooks.Add($"first{round}", TestWorkspace.Start, $"f{round}"))],
                default
            );
            relay.FreezeAfter(bytes);
            var frozen = log.AppendAsync([TestWebhooks.Request(group)], default);
            await Task.WhenAny(relay.Frozen, frozen);
            frozen.IsCompleted.ShouldBeFalse($"the group must be longer than {bytes} bytes");

            await CommitsSoonAsync(workspace, host, $"after{round}");
            await relay.DisposeAsync();
            await Should.ThrowAsync<Exception>(frozen);
        }

        (await host.SendEventAsync(group)).ShouldBe(AppendResult.Committed);
    }

    private static async Task CommitsSoonAsync(TestWorkspace workspace, RunningCommit host, string id = "other")
    {
        var since = Stopwatch.GetTimestamp();
        (await host.SendEventAsync(workspace.Webhooks.Add(id, TestWorkspace.Start, "other"))).ShouldBe(AppendResult.Committed);
        Stopwatch.GetElapsedTime(since).ShouldBeLessThan(Longest);
    }

    private static Task TakeAsync(NpgsqlConnection connection) => ExecuteAsync(connection, "begin; select append_lock()");

    private static async Task ExecuteAsync(NpgsqlConnection connection, string sql)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync();
    }

    private static async Task<string> ShowAsync(NpgsqlConnection connection, string setting)
    {
        await using var command = new NpgsqlCommand("show " + setting, connection);
        return (string)(await command.ExecuteScalarAsync())!;
    }
}

using AudienceSync.Host.EventStore;
using AudienceSync.Host.Tests.Ingest;
using AudienceSync.Host.Tests.Ingest.Append;
using AudienceSync.Host.Tests.Postgres;
using AudienceSync.Host.Tests.Serving;
using AudienceSync.Host.Tests.Simulation;
using Marten;
using Npgsql;

namespace AudienceSync.Host.Tests.EventStore;

/// <summary>
/// A Host ingests in a process of its own, while another process, which is that of the test, appends to the same workspace.
/// </summary>
public sealed class OtherProcessTests : IDisposable
{
    private const int Senders = 4;

    private const int WebhooksPerSender = 100;

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Stock_appends_of_another_process_and_webhooks_have_positions_in_commit_order()
    {
        var database = await PostgresCluster.CreateDatabaseAsync();
        var config = TestHostFiles.Write(_folder, new TestHostOptions());
        await using var host = await HostProcess.StartAsync(config, _folder.Path, database);
        await using var owner = NpgsqlDataSource.Create(
            new NpgsqlConnectionStringBuilder(database) { SearchPath = "ws_default" }.ConnectionString
        );
        var before = await CountAsync(owner);

        var (seen, reads) = await CommitOrderTests.PollWhileAsync(
            owner,
            () => Task.WhenAll([AppendAsync(database), .. Enumerable.Range(0, Senders).Select(_ => SendAsync(host))])
        );

        reads.ShouldBeGreaterThan(20);
        var all = await CountAsync(owner);
        (all - before).ShouldBe((Senders * WebhooksPerSender) + (UnitOfWorkTests.StockAppends * 2), host.Log);
        seen.ShouldBe(all, "a position appeared below one that was read");
    }

    private static async Task AppendAsync(string database)
    {
        await using var store = DocumentStore.For(options =>
        {
            options.Connection(database);
            WorkspaceEvents.Configure(options, new WorkspaceName("default"), TimeProvider.System);
        });
        await UnitOfWorkTests.StockAsync(store);
    }

    private static async Task SendAsync(HostProcess host)
    {
        for (var n = 0; n < WebhooksPerSender; n++)
        {
            var now = TimeProvider.System.GetUtcNow();
            var body = Sample.With("occurred_at", now.ToString("O")).ToJsonString();

            // Like the sender: the log waits for the other process's lock, and on a slow machine longer than 3 s.
            await Deadline.UntilAsync(async () => await StatusAsync(host, body, now) == 200, () => "a webhook to be accepted");
        }
    }

    private static async Task<int> StatusAsync(HostProcess host, string body, DateTimeOffset now)
    {
        using var request = Webhook.Signed(body, now);
        using var answer = await host.Http.SendAsync(request);
        ((int)answer.StatusCode).ShouldBeOneOf(200, 503);
        return (int)answer.StatusCode;
    }

    private static async Task<long> CountAsync(NpgsqlDataSource log)
    {
        await using var command = log.CreateCommand("select count(*) from mt_events");
        return (long)(await command.ExecuteScalarAsync())!;
    }
}

using System.Globalization;
using System.Net.Http.Json;
using AudienceSync.Host.EventStore;
using AudienceSync.Host.People.Erasure;
using AudienceSync.Host.Tests.Postgres;
using AudienceSync.Host.Tests.Serving;
using AudienceSync.Host.Tests.Simulation;
using Npgsql;
using Xunit.Abstractions;

namespace AudienceSync.Host.Tests.Messages;

/// <summary>A message is sent exactly when its transaction commits.</summary>
public sealed class OutboxTests(ITestOutputHelper output) : IDisposable
{
    private const int Seed = 20261130;

    private const int Senders = 4;

    /// <summary>Erasures whose message was not handled, and messages of no erasure.</summary>
    private const string WrongSql = """
        select (select count(*) from erasures e where not exists (
            select from audience_sync.wolverine_incoming_envelopes i
            where i.message_type like '%AdvanceErasure' and i.status = 'Handled'
              and position(convert_to(e.erasure::text, 'UTF8') in i.body) > 0))
          + (select count(*) from audience_sync.wolverine_incoming_envelopes i
            where i.message_type like '%AdvanceErasure' and not exists (
              select from erasures e where position(convert_to(e.erasure::text, 'UTF8') in i.body) > 0))
        """;

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_message_of_a_session_that_is_discarded_is_not_sent_and_one_of_a_session_that_is_saved_is()
    {
        await using var host = await TestHost.StartAsync();
        var store = host.Server.Workspaces["default"].Get<WorkspaceDatabase>().Store;
        var (discarded, saved) = (Guid.NewGuid(), Guid.NewGuid());
        await using (var session = UnitOfWork.Open(store))
        {
            await host.Messages.EnlistAsync(session, new AdvanceErasure("default", discarded));
        }

        await using (var session = UnitOfWork.Open(store))
        {
            await host.Messages.EnlistAsync(session, new AdvanceErasure("default", saved));
            await session.SaveChangesAsync();
        }

        await Deadline.UntilAsync(async () => await CountAsync(host, saved) == 1, () => string.Join('\n', host.LogLines.TakeLast(50)));
        (await CountAsync(host, discarded)).ShouldBe(0);
    }

    [Fact]
    public Task A_host_killed_three_times_between_append_and_send_sends_what_it_committed_and_nothing_else() => RunAsync(kills: 3);

    [ProveFact]
    [Trait("Category", "Prove")]
    [Trait("Prove", "kills")]
    public Task A_host_killed_twenty_times_between_append_and_send_sends_what_it_committed_and_nothing_else() => RunAsync(kills: 20);

    private async Task RunAsync(int kills)
    {
        var database = await PostgresCluster.CreateDatabaseAsync();
        var config = TestHostFiles.Write(_folder, new TestHostOptions());
        var random = new Random(Seed);
        var asked = 0;
        for (var kill = 0; kill < kills; kill++)
        {
            await using var host = await HostProcess.StartAsync(config, _folder.Path, database);
            (await AskOnceAsync(host, Interlocked.Increment(ref asked), CancellationToken.None)).ShouldBeTrue(
                "the first request compiles the code"
            );
            using var end = new CancellationTokenSource();
            var senders = Enumerable
                .Range(0, Senders)
                .Select(_ => AskAsync(host, () => Interlocked.Increment(ref asked), end.Token))
                .ToList();
            await RealTime.PassAsync(TimeSpan.FromMilliseconds(random.Next(300, 1_500)));
            await host.KillAsync();
            await end.CancelAsync();
            await Task.WhenAll(senders).OrTimeoutAsync("the end of the senders");
        }

        await using var last = await HostProcess.StartAsync(config, _folder.Path, database);
        await using var owner = NpgsqlDataSource.Create(
            new NpgsqlConnectionStringBuilder(database) { SearchPath = "ws_default", MaxPoolSize = 1 }.ConnectionString
        );
        await Deadline.UntilAsync(
            async () => await ReadAsync(owner, WrongSql) == 0,
            () => $"seed {Seed}: every message, and no other\n{last.Log}"
        );
        var erasures = await ReadAsync(owner, "select count(*) from erasures");
        erasures.ShouldBeGreaterThan(kills, "otherwise there was no load");
        output.WriteLine(
            string.Create(
                CultureInfo.InvariantCulture,
                $"seed {Seed}: {kills} kills, {asked} requests, {erasures} committed, as many messages handled"
            )
        );
    }

    // Asks for the erasure of one unknown person after another, until the Host is gone.
    private static async Task AskAsync(HostProcess host, Func<int> next, CancellationToken end)
    {
        while (!end.IsCancellationRequested)
        {
            try
            {
                await AskOnceAsync(host, next(), end);
            }
            catch (Exception gone) when (gone is HttpRequestException or OperationCanceledException)
            {
                return;
            }
        }
    }

    private static async Task<bool> AskOnceAsync(HostProcess host, int person, CancellationToken cancellationToken)
    {
        using var answer = await host.Operator.PostAsJsonAsync(
            "/v1/people/erasures",
            new { email = $"person{person}@example.com" },
            cancellationToken
        );
        return answer.IsSuccessStatusCode;
    }

    private static Task<long> CountAsync(TestHost host, Guid erasure) =>
        host.ScalarAsync<long>(
            $"""
            select count(*) from audience_sync.wolverine_incoming_envelopes
            where message_type like '%AdvanceErasure' and position(convert_to('{erasure}', 'UTF8') in body) > 0
            """
        );

    private static async Task<long> ReadAsync(NpgsqlDataSource owner, string sql)
    {
        await using var command = owner.CreateCommand(sql);
        return (long)(await command.ExecuteScalarAsync())!;
    }
}

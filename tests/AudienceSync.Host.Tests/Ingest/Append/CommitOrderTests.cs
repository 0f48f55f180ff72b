using AudienceSync.Host.Ingest.Append;
using AudienceSync.Host.Tests.Workspaces;
using Npgsql;

namespace AudienceSync.Host.Tests.Ingest.Append;

/// <summary>Several hosts append to one log concurrently: position order is still commit order.</summary>
public sealed class CommitOrderTests
{
    private const int Hosts = 4;

    private const int Seed = 4711;

    [Fact]
    public async Task A_reader_never_sees_a_position_appear_below_one_it_has_seen()
    {
        await using var workspace = await TestWorkspace.CreateAsync([null]);

        var (seen, reads) = await PollWhileAsync(
            workspace.Owner,
            () => Task.WhenAll(Enumerable.Range(0, Hosts).Select(host => AppendAsync(workspace, host)))
        );

        reads.ShouldBeGreaterThan(20);
        seen.ShouldBe(await workspace.AskAsync<long>("select count(*) from mt_events"));
        await LogChecks.VerifyAsync(workspace);
    }

    internal static async Task<(long Seen, int Reads)> PollWhileAsync(NpgsqlDataSource log, Func<Task> append)
    {
        using var over = new CancellationTokenSource();
        var reader = Task.Run(() => PollAsync(log, over.Token));
        try
        {
            await append();
        }
        finally
        {
            await over.CancelAsync(); // A reader that is not stopped would poll until the last test has ended.
        }

        return await reader;
    }

    // Reads by cursor, like a projector: positions behind the cursor are never read again, so a late lower position would be missing from
    // the count.
    private static async Task<(long Seen, int Reads)> PollAsync(NpgsqlDataSource log, CancellationToken over)
    {
        var (cursor, seen, reads) = (0L, 0L, 0);
        await using var connection = await log.OpenConnectionAsync(CancellationToken.None);
        for (var last = false; ; reads++)
        {
            await using var command = new NpgsqlCommand(
                "select coalesce(max(seq_id), $1), count(*) from mt_events where seq_id > $1",
                connection
            )
            {
                Parameters = { new() { Value = cursor } },
            };
            await using (var reader = await command.ExecuteReaderAsync(CancellationToken.None))
            {
                await reader.ReadAsync(CancellationToken.None);
                cursor = reader.GetInt64(0);
                seen += reader.GetInt64(1);
            }

            if (last)
            {
                return (seen, reads);
            }

            last = over.IsCancellationRequested;
        }
    }

    internal static async Task AppendAsync(TestWorkspace workspace, int host)
    {
        await Task.Yield();
        var random = new Random(Seed + host);
        var log = workspace.OpenLog();
        for (var batch = 0; batch < 60; batch++)
        {
            var events = Enumerable
                .Range(0, random.Next(1, 30))
                .Select(n =>
                    TestWebhooks.Request(workspace.Webhooks.Add($"{host}-{batch}-{n}", TestWorkspace.Start, $"c{random.Next(100)}"))
                );
            await log.AppendAsync([.. events], default);
        }
    }
}

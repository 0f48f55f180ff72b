using System.Globalization;
using AudienceSync.Bench.Load;
using AudienceSync.Bench.Postgres;
using AudienceSync.Bench.Processes;

namespace AudienceSync.Bench.Stock;

/// <summary>
/// Runs the stock endpoint for some seconds under the same load generator, with a database of its own in the same cluster.
/// </summary>
internal sealed class StockProbe(HttpClient http, Cluster cluster, RunFolder folder, TimeProvider clock)
{
    private const string Database = "bench_stock";
    private const int WarmUpSeconds = 5;

    // The rest is for the Host, which is idle meanwhile, and for the bench.
    private const int OtherConnections = 8;
    private const int MostConnections = 100;

    /// <param name="plan">The plan of the real load; address and times are replaced.</param>
    public async Task<StockFigures> MeasureAsync(LoadPlan plan, int seconds, CancellationToken cancel)
    {
        await cluster.ExecuteAsync(Cluster.User, $"create database {Database}", cancel);
        try
        {
            return await LoadAsync(plan, seconds, cancel);
        }
        finally
        {
            await cluster.ExecuteAsync(Cluster.User, $"drop database {Database} with (force)", CancellationToken.None);
        }
    }

    private async Task<StockFigures> LoadAsync(LoadPlan plan, int seconds, CancellationToken cancel)
    {
        int pool = Math.Clamp(await cluster.FreeConnectionsAsync(cancel) - OtherConnections, 1, MostConnections);
        int port = FreePort.Take();
        string[] arguments = ["stock-server", "--port", port.ToString(CultureInfo.InvariantCulture)];
        var environment = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            [StockServer.Postgres] = cluster.PooledTo(Database, pool),
        };
        await using ChildProcess server = ChildProcess.Start(
            "stock-server",
            typeof(StockProbe).Assembly.Location,
            arguments,
            environment,
            folder.Path
        );
        await server.WaitUntilReadyAsync(http, new Uri($"http://127.0.0.1:{port}/health/ready"), clock, cancel);
        double cpu = 0;
        LoadPlan probe = plan with { Address = $"127.0.0.1:{port}", Seconds = seconds, WarmUpSeconds = WarmUpSeconds };
        LoadOutcome outcome = await LoadProcess.RunAsync(
            probe,
            () => cpu = -ProcFs.CpuSeconds(server.Pid),
            () => cpu += ProcFs.CpuSeconds(server.Pid),
            cancel
        );
        long stored = await cluster.ScalarAsync<long>(Database, "select count(*) from public.mt_events", cancel);
        if (stored < outcome.Accepted)
        {
            throw new BenchFailedException($"The stock endpoint accepted {outcome.Accepted} events and stored {stored}.");
        }

        return new StockFigures(
            outcome.PerSecond,
            outcome.P99Ms,
            cpu * 1e6 / Math.Max(1, outcome.Measured2xx),
            ProcFs.PeakRssMb(server.Pid),
            pool
        );
    }
}

/// <param name="ServerMicros">Processor time of a request at the server.</param>
/// <param name="Pool">Its connections to the database.</param>
internal sealed record StockFigures(double PerSecond, double? P99Ms, double ServerMicros, double RssMb, int Pool);

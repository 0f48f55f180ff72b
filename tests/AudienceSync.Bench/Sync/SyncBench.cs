using System.Diagnostics;
using System.Globalization;
using AudienceSync.Bench.Ingest;
using AudienceSync.Bench.Postgres;
using AudienceSync.Bench.Processes;

namespace AudienceSync.Bench.Sync;

/// <summary>
/// Lets a Host deliver many members to three platforms that respond at once, and then removes members under load while the platforms
/// respond with a delay. The members are put into its tables and not sent as webhooks (<see cref="MemberLoader"/>); all the rest is the
/// real Host, its PostgreSQL, and HTTP.
/// </summary>
internal sealed class SyncBench(SyncOptions options, TimeProvider clock) : IDisposable
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(10);

    private readonly HttpClient _http = new(new SocketsHttpHandler { UseProxy = false }) { Timeout = TimeSpan.FromSeconds(60) };

    public void Dispose() => _http.Dispose();

    public async Task<SyncResult> RunAsync(CancellationToken cancel)
    {
        RepositoryRoot root = RepositoryRoot.Find();
        using var folder = new RunFolder(root);
        await using PlatformServer platforms = await PlatformServer.StartAsync(clock, cancel);
        var setup = new SyncSetup(folder, platforms.Address);
        var address = new Uri($"http://127.0.0.1:{FreePort.Take().ToString(CultureInfo.InvariantCulture)}");
        Report("starting Host and PostgreSQL");
        await using ChildProcess host = ChildProcess.Start(
            "host",
            root.Program("AudienceSync.Host"),
            ["serve"],
            setup.HostEnvironment(address.ToString()),
            folder.Path
        );
        await host.WaitUntilReadyAsync(_http, new Uri(address, "/health/ready"), clock, cancel);
        Cluster cluster = Cluster.Find(setup.DataFolder);
        await cluster.DemandFsyncAsync(cancel);
        var loader = new MemberLoader(cluster, setup, clock);
        Report($"loading {options.Members:N0} members into the tables");
        await loader.LoadAsync(options.Members, options.Findable, cancel);
        Report("the same members with SHA-256 and JSON alone");
        double bare = BareWriting.PerSecond(options.Members, platforms.Traffic.Length, cancel);

        using var memory = new RssSampler(host.Pid, clock);
        SyncResult drained = await DrainAsync(host, platforms, cluster, loader, cancel);
        Report($"removals: {options.Rate:N0} webhooks per second for {options.Seconds} s, responses after {options.AnswerMs} ms");
        platforms.AnswerTime = TimeSpan.FromMilliseconds(options.AnswerMs);
        RemovalResult removals = await new RemovalProbe(_http, address, setup.SourceToken, platforms, clock).RunAsync(options, cancel);
        double sampled = await memory.StopAsync();
        return drained with { BarePerSecond = bare, Removals = removals, PeakRssMb = Math.Max(sampled, ProcFs.PeakRssMb(host.Pid)) };
    }

    private async Task<SyncResult> DrainAsync(
        ChildProcess host,
        PlatformServer platforms,
        Cluster cluster,
        MemberLoader loader,
        CancellationToken cancel
    )
    {
        Report($"{options.Members:N0} members wait for {platforms.Traffic.Length} platforms");
        string load = await File.ReadAllTextAsync("/proc/loadavg", cancel);
        var before = new CpuSeconds(
            ProcFs.CpuSeconds(host.Pid),
            ProcFs.FamilyCpuSeconds(cluster.PostmasterPid),
            Environment.CpuUsage.TotalTime.TotalSeconds
        );
        await loader.ReleaseAsync(cancel);
        long started = Stopwatch.GetTimestamp();
        await WaitAsync(cluster, $"select count(*) from ws_default.bindings where add_pos < {options.Members}", started, cancel);
        double seconds = Stopwatch.GetElapsedTime(started).TotalSeconds;
        var after = new CpuSeconds(
            ProcFs.CpuSeconds(host.Pid),
            ProcFs.FamilyCpuSeconds(cluster.PostmasterPid),
            Environment.CpuUsage.TotalTime.TotalSeconds
        );
        long[] calls = [.. platforms.Traffic.Select(traffic => traffic.Adds)];
        long digests = platforms.Traffic.Sum(traffic => traffic.Digests);
        Report("waiting until the last request is confirmed");
        await WaitAsync(cluster, "select count(*) from ws_default.jobs where state = 1", started, cancel);
        long delivered = await cluster.ScalarAsync<long>(
            Cluster.User,
            "select count(*) from ws_default.ledger where status = 2 and job_id is null",
            cancel
        );
        return new SyncResult(
            options,
            seconds,
            Stopwatch.GetElapsedTime(started).TotalSeconds,
            calls,
            digests,
            platforms.Traffic.Sum(traffic => traffic.Bytes),
            delivered,
            after - before,
            load.Trim()
        );
    }

    private async Task WaitAsync(Cluster cluster, string left, long started, CancellationToken cancel)
    {
        while (await cluster.ScalarAsync<long>(Cluster.User, left, cancel) > 0)
        {
            if (Stopwatch.GetElapsedTime(started) > Limit)
            {
                throw new BenchFailedException($"The run was not done after {Limit.TotalMinutes:N0} minutes.");
            }

            await Task.Delay(Pause, clock, cancel);
        }
    }

    private static void Report(string message) => Console.Error.WriteLine($"bench: {message}");
}

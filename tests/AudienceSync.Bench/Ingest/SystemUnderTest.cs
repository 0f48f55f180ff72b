using System.Text;
using AudienceSync.Bench.Postgres;
using AudienceSync.Bench.Processes;

namespace AudienceSync.Bench.Ingest;

/// <summary>Sandbox, Host and the Host's PostgreSQL, running.</summary>
internal sealed class SystemUnderTest : IAsyncDisposable
{
    private readonly ChildProcess _sandbox;
    private readonly ChildProcess _host;

    private SystemUnderTest(ChildProcess sandbox, ChildProcess host, HostSetup setup, string hostAddress)
    {
        _sandbox = sandbox;
        _host = host;
        Setup = setup;
        HostAddress = hostAddress;
        Cluster = Cluster.Find(setup.DataFolder);
    }

    public HostSetup Setup { get; }

    public Cluster Cluster { get; }

    /// <summary>"127.0.0.1:port".</summary>
    public string HostAddress { get; }

    public int HostPid => _host.Pid;

    /// <summary>From the start of the Host's process to its first answer that it is ready, with a new cluster and its schema.</summary>
    public double ReadyMs { get; private init; }

    public static async Task<SystemUnderTest> StartAsync(
        RepositoryRoot root,
        RunFolder folder,
        HttpClient http,
        TimeProvider clock,
        CancellationToken cancel
    )
    {
        string sandboxUrl = $"http://127.0.0.1:{FreePort.Take()}";
        string hostAddress = $"127.0.0.1:{FreePort.Take()}";
        var setup = new HostSetup(folder, sandboxUrl);
        string hostDll = root.Program("AudienceSync.Host");
        string sandboxDll = root.Program("AudienceSync.Sandbox");
        ChildProcess? host = null;
        ChildProcess sandbox = ChildProcess.Start("sandbox", sandboxDll, [], new() { ["SANDBOX_URLS"] = sandboxUrl }, folder.Path);
        try
        {
            await sandbox.WaitUntilReadyAsync(http, new Uri($"{sandboxUrl}/health/live"), clock, cancel);
            await OpenAccountAsync(http, sandboxUrl, setup, cancel);
            long started = clock.GetTimestamp();
            host = ChildProcess.Start("host", hostDll, ["serve"], setup.HostEnvironment($"http://{hostAddress}"), folder.Path);
            await host.WaitUntilReadyAsync(http, new Uri($"http://{hostAddress}/health/ready"), clock, cancel);
            double readyMs = clock.GetElapsedTime(started).TotalMilliseconds;
            return new SystemUnderTest(sandbox, host, setup, hostAddress) { ReadyMs = readyMs };
        }
        catch
        {
            await (host?.DisposeAsync() ?? ValueTask.CompletedTask);
            await sandbox.DisposeAsync();
            throw;
        }
    }

    private static async Task OpenAccountAsync(HttpClient http, string sandboxUrl, HostSetup setup, CancellationToken cancel)
    {
        using var account = new StringContent(setup.SandboxAccount(), Encoding.UTF8, "application/json");
        using HttpResponseMessage answer = await http.PostAsync(new Uri($"{sandboxUrl}/admin/accounts"), account, cancel);
        if (!answer.IsSuccessStatusCode)
        {
            throw new BenchFailedException(
                $"The Sandbox returned {(int)answer.StatusCode} for the account: {await answer.Content.ReadAsStringAsync(cancel)}"
            );
        }
    }

    /// <summary>Processor seconds used so far.</summary>
    public CpuSeconds Cpu() =>
        new(ProcFs.CpuSeconds(HostPid), ProcFs.FamilyCpuSeconds(Cluster.PostmasterPid), ProcFs.CpuSeconds(_sandbox.Pid));

    public async ValueTask DisposeAsync()
    {
        await _host.DisposeAsync();
        await _sandbox.DisposeAsync();
    }
}

/// <summary>Processor seconds by component.</summary>
internal sealed record CpuSeconds(double Host, double Postgres, double Sandbox)
{
    public static CpuSeconds operator -(CpuSeconds after, CpuSeconds before) =>
        new(after.Host - before.Host, after.Postgres - before.Postgres, after.Sandbox - before.Sandbox);
}

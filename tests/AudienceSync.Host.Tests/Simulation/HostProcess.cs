using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using AudienceSync.Host.Tests.Serving;

namespace AudienceSync.Host.Tests.Simulation;

/// <summary>A Host as a process of its own, which can be stopped as the system stops one: it knows nothing of it.</summary>
internal sealed class HostProcess : IAsyncDisposable
{
    private readonly Process _process;
    private readonly List<string> _log = [];

    private HostProcess(Process process, string url)
    {
        _process = process;
        Http = new HttpClient { BaseAddress = new Uri(url) };
        Operator = new HttpClient { BaseAddress = new Uri(url) };
        Operator.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", TestHostFiles.OperatorToken);
        process.OutputDataReceived += (_, line) => Keep(line.Data);
        process.ErrorDataReceived += (_, line) => Keep(line.Data);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
    }

    public HttpClient Http { get; }

    public HttpClient Operator { get; }

    public string Log
    {
        get
        {
            lock (_log)
            {
                return string.Join('\n', _log);
            }
        }
    }

    public static async Task<HostProcess> StartAsync(string config, string dataFolder, string postgres, TimeSpan lease)
    {
        var url = $"http://127.0.0.1:{FreePort().ToString(CultureInfo.InvariantCulture)}";
        var start = new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "AudienceSync.Host.dll"), "serve"])
        {
            UseShellExecute = false,
            RedirectStandardError = true,
            RedirectStandardOutput = true,
        };
        start.Environment["AUDIENCESYNC_URLS"] = url;
        start.Environment["AUDIENCESYNC_DATA"] = dataFolder;
        start.Environment["AUDIENCESYNC_POSTGRES"] = postgres;
        start.Environment["AUDIENCESYNC_CONFIG"] = config;
        start.Environment["AUDIENCESYNC_MASTER_KEY"] = TestHostFiles.MasterKey;
        start.Environment["AUDIENCESYNC_LEASE_S"] = ((int)lease.TotalSeconds).ToString(CultureInfo.InvariantCulture);
        var host = new HostProcess(Process.Start(start)!, url);
        await Waiting.UntilAsync(host.IsReadyAsync, () => $"The Host never became ready: {host.Log}");
        return host;
    }

    /// <summary>SIGSTOP: no thread of it runs until <see cref="WakeAsync"/>.</summary>
    public Task PauseAsync() => SignalAsync("-STOP");

    /// <summary>SIGCONT.</summary>
    public Task WakeAsync() => SignalAsync("-CONT");

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        Operator.Dispose();
        _process.Kill(entireProcessTree: true);
        await _process.WaitForExitAsync();
        _process.Dispose();
    }

    private async Task<bool> IsReadyAsync()
    {
        _process.HasExited.ShouldBeFalse(Log);
        try
        {
            using var answer = await Http.GetAsync("/health/ready");
            return answer.StatusCode == HttpStatusCode.OK;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }

    private async Task SignalAsync(string signal)
    {
        using var kill = Process.Start("kill", [signal, _process.Id.ToString(CultureInfo.InvariantCulture)]);
        await kill.WaitForExitAsync();
        kill.ExitCode.ShouldBe(0);
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private void Keep(string? line)
    {
        if (line is not null)
        {
            lock (_log)
            {
                _log.Add(line);
            }
        }
    }
}

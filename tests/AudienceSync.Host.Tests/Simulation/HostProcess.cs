using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text;
using AudienceSync.Host.Configuration;
using AudienceSync.Host.Tests.Serving;

namespace AudienceSync.Host.Tests.Simulation;

/// <summary>A Host as a separate process, which can be stopped as the system stops one: the process does not notice it.</summary>
internal sealed class HostProcess : IAsyncDisposable
{
    private readonly Process _process;
    private readonly ProcessLines _lines;

    private HostProcess(Process process, string url)
    {
        _process = process;
        Http = new HttpClient(new SocketsHttpHandler { RequestHeaderEncodingSelector = static (_, _) => Encoding.UTF8 })
        {
            BaseAddress = new Uri(url),
        };
        Operator = new HttpClient { BaseAddress = new Uri(url) };
        Operator.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", TestHostFiles.OperatorToken);
        _lines = ProcessLines.Of(process);
    }

    public HttpClient Http { get; }

    public HttpClient Operator { get; }

    public string Log => string.Join('\n', _lines.All);

    /// <summary>The process, as the owner of a lease names it.</summary>
    public int Id => _process.Id;

    /// <summary>The resident memory of the process now.</summary>
    public long ResidentBytes
    {
        get
        {
            _process.Refresh();
            return _process.WorkingSet64;
        }
    }

    public static async Task<HostProcess> StartAsync(
        string config,
        string dataFolder,
        string postgres,
        TimeSpan? lease = null,
        bool sharesByAgents = false
    )
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
        start.Environment["AUDIENCESYNC_WORK"] = sharesByAgents ? "" : HostSettings.ByLeases;
        start.Environment["AUDIENCESYNC_LEASE_S"] = lease is { } time
            ? ((int)time.TotalSeconds).ToString(CultureInfo.InvariantCulture)
            : "";
        var host = new HostProcess(Process.Start(start)!, url);
        await host._lines.WaitForAsync("AudienceSync is ready at ");
        return host;
    }

    /// <summary>The first line of the log that contains the text.</summary>
    public Task<string> LineAsync(string text) => _lines.WaitForAsync(text);

    /// <summary>SIGSTOP: none of its threads runs until <see cref="WakeAsync"/>.</summary>
    public Task PauseAsync() => SignalAsync("-STOP");

    /// <summary>SIGCONT.</summary>
    public Task WakeAsync() => SignalAsync("-CONT");

    /// <summary>SIGTERM: it ends by itself.</summary>
    public async Task StopAsync()
    {
        await SignalAsync("-TERM");
        await _process.EndAsync();
    }

    /// <summary>SIGKILL.</summary>
    public async Task KillAsync()
    {
        _process.Kill(entireProcessTree: true);
        await _process.EndAsync();
    }

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        Operator.Dispose();
        await KillAsync();
        _process.Dispose();
    }

    private async Task SignalAsync(string signal)
    {
        using var kill = Process.Start("kill", [signal, _process.Id.ToString(CultureInfo.InvariantCulture)]);
        (await kill.ExitCodeAsync()).ShouldBe(0);
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}

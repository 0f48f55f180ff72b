using System.Globalization;
using AudienceSync.Shop.Watching;

namespace AudienceSync.Shop.Running;

/// <summary>The sandbox and the engine as child processes, from the creation of their files to their end.</summary>
internal sealed class Stage(StageSettings settings, DataFolder folder, HttpClient http, TimeProvider time) : IAsyncDisposable
{
    private const int TailLines = 30;

    private readonly TaskCompletionSource<string> _lost = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _restarted = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly HealthWait _health = new(http, time);
    private ChildProcess? _sandbox;
    private ChildProcess? _host;

    public StageSecrets Secrets { get; } = new();

    /// <summary>The imitated platforms' admin interface; null until the stage is running.</summary>
    public SandboxApi? Sandbox { get; private set; }

    /// <summary>Completes, with the reason, when a child process ended unexpectedly.</summary>
    public Task<string> Lost => _lost.Task;

    /// <summary>Completes when the engine was killed and is ready again.</summary>
    public Task Restarted => _restarted.Task;

    /// <exception cref="RunException">A program did not become ready.</exception>
    public async Task StartAsync(CancellationToken cancel)
    {
        Secrets.Write(folder, settings.Sandbox);
        await File.WriteAllTextAsync(folder.PathOf("audiencesync.yaml"), StageFiles.EngineYaml(settings.Sandbox), cancel);
        _sandbox = Start(
            "sandbox",
            [settings.Root.Program("AudienceSync.Sandbox")],
            new Dictionary<string, string>(StringComparer.Ordinal)
            {
                ["SANDBOX_URLS"] = Listen(settings.SandboxPort),
                ["SANDBOX_ADMIN_TOKEN"] = Secrets.SandboxAdminToken,
            }
        );
        await _health.WaitUntilHealthyAsync(_sandbox, new Uri(settings.Sandbox, "/health/live"), cancel);
        Sandbox = new SandboxApi(http, settings.Sandbox, Secrets.SandboxAdminToken);
        await Sandbox.PutAccountsAsync(StageFiles.SandboxAccounts(Secrets), cancel);
        await StartHostAsync(cancel);
    }

    /// <summary>SIGKILL to the engine, a pause, and a restart on the same data.</summary>
    public async Task CrashHostAsync(TimeSpan pause, CancellationToken cancel)
    {
        await _host!.CrashAsync();
        _host.Dispose();
        await Task.Delay(pause, time, cancel);
        await StartHostAsync(cancel);
        _restarted.TrySetResult();
    }

    /// <summary>Exports the exposure log by the engine's own verb, as an analyst does.</summary>
    /// <returns>The folder.</returns>
    /// <exception cref="RunException">It failed.</exception>
    public async Task<string> ExportExposuresAsync(CancellationToken cancel)
    {
        var to = folder.PathOf("exposures");
        using var export = ChildProcess.Start(
            "export",
            [Dotnet(), settings.Root.Program("AudienceSync.Host"), "exposures", "export", "--to", to, "--format", "ndjson"],
            HostEnvironment.Of(settings.Port, folder),
            folder.PathOf("export.log"),
            time
        );
        await export.Ended.WaitAsync(cancel);
        return export.ExitCode == 0
            ? to
            : throw new RunException($"the export ended with code {export.ExitCode}. The end of its log:\n{export.LogTail(TailLines)}");
    }

    /// <summary>Stops everything that the shop started and what the engine may have left running; safe to call at any time.</summary>
    public async ValueTask DisposeAsync()
    {
        await StopAsync(_host);
        await StopAsync(_sandbox);
        _ = await PostgresLeftovers.StopAsync(folder.Path, time);
    }

    private static async Task StopAsync(ChildProcess? child)
    {
        if (child is not null)
        {
            await child.StopAsync();
            child.Dispose();
        }
    }

    private static string Listen(int port) => string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{port}");

    private async Task StartHostAsync(CancellationToken cancel)
    {
        var environment = HostEnvironment.Of(settings.Port, folder);
        await HostEnvironment.WriteAsync(environment, folder, cancel);
        _host = Start("host", [settings.Root.Program("AudienceSync.Host"), "serve"], environment);
        await _health.WaitUntilHealthyAsync(_host, new Uri(settings.Api, "/health/ready"), cancel);
    }

    private ChildProcess Start(string name, IReadOnlyList<string> program, Dictionary<string, string> environment)
    {
        var child = ChildProcess.Start(name, [Dotnet(), .. program], environment, folder.PathOf($"{name}.log"), time);
        _ = ReportEndAsync(child);
        return child;
    }

    private async Task ReportEndAsync(ChildProcess child)
    {
        await child.Ended;
        if (!child.IsEndExpected)
        {
            _lost.TrySetResult(
                $"{child.Name} ended unexpectedly with code {child.ExitCode}. The end of its log:\n{child.LogTail(TailLines)}"
            );
        }
    }

    // The shop usually runs under the same dotnet that the child processes need.
    private static string Dotnet() =>
        Environment.ProcessPath is { } path && Path.GetFileNameWithoutExtension(path) == "dotnet" ? path : "dotnet";
}

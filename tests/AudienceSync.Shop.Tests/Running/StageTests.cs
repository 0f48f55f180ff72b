using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using AudienceSync.Shop.Running;

namespace AudienceSync.Shop.Tests.Running;

public sealed class StageTests : IDisposable
{
    private const int Interrupt = 2;
    private const nint Default = 0;

    private readonly string _folder = Directory.CreateTempSubdirectory("shop-tests-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task A_folder_of_an_earlier_run_is_wiped_and_its_marker_kept()
    {
        var path = Path.Combine(_folder, "run");
        using (var first = await DataFolder.PrepareAsync(path, TimeProvider.System))
        {
            await File.WriteAllTextAsync(first.PathOf("old.log"), "old");
            Directory.CreateDirectory(first.PathOf("postgres"));
        }

        using var second = await DataFolder.PrepareAsync(path, TimeProvider.System);

        Directory.EnumerateFileSystemEntries(path).Select(Path.GetFileName).ShouldBe([DataFolder.MarkerName]);
    }

    [Fact]
    public async Task A_foreign_folder_is_refused_and_left_unchanged()
    {
        var precious = Path.Combine(_folder, "thesis.txt");
        await File.WriteAllTextAsync(precious, "precious");

        var problem = await Should.ThrowAsync<StartException>(() => DataFolder.PrepareAsync(_folder, TimeProvider.System));

        problem.Message.ShouldContain("--data");
        problem.Message.ShouldNotContain('\n');
        File.Exists(precious).ShouldBeTrue();
    }

    [Fact]
    public async Task A_folder_in_use_is_refused()
    {
        var path = Path.Combine(_folder, "run");
        using var first = await DataFolder.PrepareAsync(path, TimeProvider.System);

        await Should.ThrowAsync<StartException>(() => DataFolder.PrepareAsync(path, TimeProvider.System));
    }

    [Fact]
    public void A_taken_port_is_reported_with_the_option_that_changes_it()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var port = ((IPEndPoint)listener.LocalEndpoint).Port;

        Should
            .Throw<StartException>(() => Ports.RequireFree(port, "--sandbox-port"))
            .Message.ShouldBe($"port {port} is taken; choose another with --sandbox-port N");
    }

    [Fact]
    [UnsupportedOSPlatform("windows")]
    public async Task Secrets_are_readable_only_by_their_owner()
    {
        using var folder = await DataFolder.PrepareAsync(Path.Combine(_folder, "run"), TimeProvider.System);

        new StageSecrets().Write(folder, new Uri("http://127.0.0.1:1"));

        string[] files =
        [
            "operator.token",
            "operator.header",
            "journeys.token",
            "journeys.key",
            "meta.token",
            "google.token",
            "google.secret",
            "tiktok.token",
            "reporting.key",
            "customerio.site",
            "customerio.key",
            "slack.url",
            "pagerduty.key",
            "exposure-link.key",
            "master.key",
        ];
        foreach (var file in files)
        {
            File.GetUnixFileMode(folder.PathOf(file)).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite, file);
        }

        Convert.FromBase64String(await File.ReadAllTextAsync(folder.PathOf("master.key"))).Length.ShouldBe(32);
    }

    [Fact]
    public async Task A_child_stops_on_request_and_its_output_is_in_the_log()
    {
        using var child = Start("trap 'echo bye; exit 0' TERM; echo ready; while :; do sleep 0.05; done");
        await LogContainsAsync(child, "ready");

        await child.StopAsync();

        child.ExitCode.ShouldBe(0);
        child.LogTail(1).ShouldBe("bye");
    }

    [Fact]
    public async Task A_child_that_ends_during_startup_is_reported_with_the_end_of_its_log()
    {
        using var child = Start("echo the yaml is wrong; exit 3");
        using var http = new HttpClient();
        var (port, _) = Ports.TwoFree();

        var problem = await Should.ThrowAsync<RunException>(() =>
            new HealthWait(http, TimeProvider.System).WaitUntilHealthyAsync(
                child,
                new Uri($"http://127.0.0.1:{port}/health"),
                CancellationToken.None
            )
        );

        problem.Message.ShouldContain("code 3");
        problem.Message.ShouldContain("the yaml is wrong");
    }

    [Fact]
    public async Task A_postmaster_file_with_the_pid_of_another_process_stops_no_process()
    {
        using var bystander = Start("echo ready; while :; do sleep 0.05; done");
        await LogContainsAsync(bystander, "ready");
        var cluster = Directory.CreateDirectory(Path.Combine(_folder, "postgres")).FullName;
        await File.WriteAllTextAsync(Path.Combine(cluster, "postmaster.pid"), $"{bystander.Id}\n{cluster}\n");

        var found = await PostgresLeftovers.StopAsync(_folder, TimeProvider.System);

        found.ShouldBe(0);
        bystander.Ended.IsCompleted.ShouldBeFalse();
        await bystander.CrashAsync();
    }

    [Fact]
    public async Task A_postmaster_that_outlived_its_host_is_stopped()
    {
        var cluster = Directory.CreateDirectory(Path.Combine(_folder, "postgres", "data")).FullName;
        using var postmaster = StartWithDefaultInterrupt($"cd {cluster}; trap 'exit 0' INT; echo ready; while :; do sleep 0.05; done");
        await LogContainsAsync(postmaster, "ready");
        await File.WriteAllTextAsync(Path.Combine(cluster, "postmaster.pid"), $"{postmaster.Id}\n{cluster}\n");

        var found = await PostgresLeftovers.StopAsync(_folder, TimeProvider.System);

        found.ShouldBe(1);
        await postmaster.Ended.OrTimeoutAsync("the end of the postmaster");
        postmaster.ExitCode.ShouldBe(0, "stopped by the first signal");
    }

    [Fact]
    public async Task A_postmaster_that_ignores_every_request_to_stop_is_killed()
    {
        var cluster = Directory.CreateDirectory(Path.Combine(_folder, "postgres", "data")).FullName;
        using var postmaster = Start($"cd {cluster}; trap '' INT QUIT; echo ready; while :; do sleep 0.05; done");
        await LogContainsAsync(postmaster, "ready");
        await File.WriteAllTextAsync(Path.Combine(cluster, "postmaster.pid"), $"{postmaster.Id}\n{cluster}\n");

        (await PostgresLeftovers.StopAsync(_folder, TimeProvider.System, TimeSpan.FromMilliseconds(200))).ShouldBe(1);

        await postmaster.Ended.OrTimeoutAsync("the end of the postmaster");
        postmaster.ExitCode.ShouldBe(128 + 9);
    }

    private ChildProcess Start(string script) =>
        ChildProcess.Start(
            "child",
            ["/bin/sh", "-c", script],
            new Dictionary<string, string>(),
            Path.Combine(_folder, "child.log"),
            TimeProvider.System
        );

    // A shell cannot trap a signal that was ignored when it started, and under "nohup ./test &" SIGINT is. PostgreSQL installs its own
    // handler.
    private ChildProcess StartWithDefaultInterrupt(string script)
    {
        var before = Signal(Interrupt, Default);
        try
        {
            return Start(script);
        }
        finally
        {
            _ = Signal(Interrupt, before);
        }
    }

    private static Task LogContainsAsync(ChildProcess child, string word) =>
        Deadline.UntilAsync(
            () => child.LogTail(5).Contains(word, StringComparison.Ordinal),
            () => $"'{word}' in the log: {child.LogTail(5)}"
        );

    [DllImport("libc", EntryPoint = "signal", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern nint Signal(int signal, nint handler);
}

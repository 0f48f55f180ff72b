using System.Globalization;
using System.Runtime.InteropServices;
using AudienceSync.Shop.Reporting;
using Spectre.Console;

namespace AudienceSync.Shop.Running;

/// <summary>Runs from the options to the exit code; in every case, nothing is left running.</summary>
internal sealed class ShopProgram(IAnsiConsole console, TextWriter output, TextWriter errors, TimeProvider time)
{
    public const int Good = 0;
    public const int Bad = 1;
    public const int CannotStart = 2;
    public const int Interrupted = 130;

    public async Task<int> RunAsync(RunOptions options)
    {
        using var stop = new CancellationTokenSource();
        using var signals = new StopSignals(stop, errors);
        try
        {
            return await RunAsync(options, stop.Token);
        }
        catch (StartException problem)
        {
            await errors.WriteLineAsync(problem.Message);
            return CannotStart;
        }
        catch (Exception problem) when (problem is RunException or HttpRequestException)
        {
            await errors.WriteLineAsync(problem.Message);
            return Bad;
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            return options.Once ? Interrupted : Good;
        }
    }

    private async Task<int> RunAsync(RunOptions options, CancellationToken cancel)
    {
        var seed = options.Seed ?? (int)(time.GetUtcNow().ToUnixTimeMilliseconds() % 1_000_000_007);
        var root = RepositoryRoot.Find();
        _ = root.Program("AudienceSync.Sandbox");
        _ = root.Program("AudienceSync.Host");
        var settings = StageSettings.From(options, root);
        console.WriteLine(
            string.Create(
                CultureInfo.InvariantCulture,
                $"seed {seed}, data in {settings.DataPath}, API on {settings.Port}, sandbox on {settings.SandboxPort}"
            )
        );
        using var folder = await DataFolder.PrepareAsync(settings.DataPath, time);
        RunReport? report = null;
        try
        {
            report = await PlayOnStageAsync(options, seed, settings, folder, cancel);
        }
        finally
        {
            CleanUp(settings, folder, report is { IsGood: true } || cancel.IsCancellationRequested);
        }

        // Programs parse the last line, so it is written after all other output and after everything has stopped.
        if (options.Once)
        {
            await output.WriteLineAsync(report.ToJsonLine());
        }

        return report.IsGood ? Good : Bad;
    }

    private async Task<RunReport> PlayOnStageAsync(
        RunOptions options,
        int seed,
        StageSettings settings,
        DataFolder folder,
        CancellationToken cancel
    )
    {
        using var http = new HttpClient(new SocketsHttpHandler { UseProxy = false }) { Timeout = TimeSpan.FromSeconds(10) };
        await using var stage = new Stage(settings, folder, http, time);
        await stage.StartAsync(cancel);
        return await new ShopRun(options, seed, settings, folder, stage, http, console, time).RunAsync(cancel);
    }

    private void CleanUp(StageSettings settings, DataFolder folder, bool isGood)
    {
        if (!settings.IsTemporaryData)
        {
            return;
        }

        if (isGood)
        {
            folder.Delete();
        }
        else
        {
            errors.WriteLine($"the data and logs of this run are kept in {folder.Path}");
        }
    }

    /// <summary>Starts an orderly stop at the first Ctrl-C, SIGTERM or SIGHUP.</summary>
    private sealed class StopSignals : IDisposable
    {
        private readonly PosixSignalRegistration[] _registrations;

        public StopSignals(CancellationTokenSource stop, TextWriter errors)
        {
            _registrations =
            [
                .. new[] { PosixSignal.SIGINT, PosixSignal.SIGTERM, PosixSignal.SIGHUP }.Select(signal =>
                    PosixSignalRegistration.Create(signal, Handle)
                ),
            ];

            void Handle(PosixSignalContext context)
            {
                context.Cancel = true;
                if (!stop.IsCancellationRequested)
                {
                    errors.WriteLine("stopping");
                    stop.Cancel();
                }
            }
        }

        public void Dispose()
        {
            foreach (var registration in _registrations)
            {
                registration.Dispose();
            }
        }
    }
}

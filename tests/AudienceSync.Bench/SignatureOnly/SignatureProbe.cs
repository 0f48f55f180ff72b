using System.Globalization;
using AudienceSync.Bench.Load;
using AudienceSync.Bench.Processes;

namespace AudienceSync.Bench.SignatureOnly;

/// <summary>Runs the signature-only endpoint for some seconds under the same load generator.</summary>
internal sealed class SignatureProbe(HttpClient http, RunFolder folder, TimeProvider clock)
{
    private const int WarmUpSeconds = 2;

    /// <param name="plan">The plan of the real load; address and times are replaced.</param>
    /// <param name="keyFile">Contains the plan's signing key.</param>
    public async Task<SignatureFigures> MeasureAsync(LoadPlan plan, string keyFile, int seconds, CancellationToken cancel)
    {
        int port = FreePort.Take();
        string[] arguments = ["signature-server", "--port", port.ToString(CultureInfo.InvariantCulture), "--key-file", keyFile];
        await using ChildProcess server = ChildProcess.Start(
            "signature-server",
            typeof(SignatureProbe).Assembly.Location,
            arguments,
            [],
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
        double requests = Math.Max(1, outcome.Measured2xx);
        return new SignatureFigures(outcome.PerSecond, cpu * 1e6 / requests, outcome.CpuMicros / requests);
    }
}

/// <summary>Requests per second, and the processor time of each, in microseconds, at the server and at the generator.</summary>
internal sealed record SignatureFigures(double PerSecond, double ServerMicros, double GeneratorMicros);

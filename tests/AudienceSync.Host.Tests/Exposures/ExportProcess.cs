using System.Diagnostics;
using AudienceSync.Host.Exposures.Export;

namespace AudienceSync.Host.Tests.Exposures;

/// <summary>The verb <c>exposures export</c> as a process, which a test kills.</summary>
internal sealed class ExportProcess : IDisposable
{
    private readonly Process _process;
    private readonly ProcessLines _lines;

    private ExportProcess(Process process) => (_process, _lines) = (process, ProcessLines.Of(process));

    public bool HasEnded => _process.HasExited;

    public string Log => string.Join('\n', _lines.All);

    public static ExportProcess Start(string postgres, string folder, ExportFormat format)
    {
        var start = new ProcessStartInfo(
            "dotnet",
            [
                Path.Combine(AppContext.BaseDirectory, "AudienceSync.Host.dll"),
                "exposures",
                "export",
                "--to",
                folder,
                "--format",
                format.Name,
            ]
        )
        {
            UseShellExecute = false,
            RedirectStandardError = true,
            RedirectStandardOutput = true,
        };
        start.Environment["AUDIENCESYNC_POSTGRES"] = postgres;
        return new ExportProcess(Process.Start(start)!);
    }

    /// <summary>SIGKILL. False when it had ended by itself.</summary>
    public async Task<bool> KillAsync()
    {
        _process.Kill(entireProcessTree: true);
        return await _process.ExitCodeAsync() != 0;
    }

    public async Task EndAsync() => (await _process.ExitCodeAsync()).ShouldBe(0, Log);

    public void Dispose() => _process.Dispose();
}

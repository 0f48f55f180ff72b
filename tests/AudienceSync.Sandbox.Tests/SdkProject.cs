using System.ComponentModel;
using System.Diagnostics;
using System.Security.Cryptography;

namespace AudienceSync.Sandbox.Tests;

/// <summary>The result of a finished process.</summary>
internal sealed record ProcessResult(int ExitCode, string Output);

/// <summary>
/// The npm project in <c>sdk/</c>, installed once per state of its lock file into a folder outside the source tree, which later runs reuse.
/// Without Node, or when no registry responds and nothing was installed before, <see cref="Missing"/> contains the reason.
/// </summary>
public sealed class SdkProject : IAsyncLifetime
{
    private static readonly TimeSpan InstallTime = TimeSpan.FromMinutes(3);

    private static readonly string[] Files = ["package.json", "package-lock.json", ".npmrc", "meta.mjs", "google.mjs"];

    private static readonly string[] NoNetwork =
    [
        "ENOTFOUND",
        "EAI_AGAIN",
        "ECONNREFUSED",
        "ECONNRESET",
        "ETIMEDOUT",
        "ENETUNREACH",
        "EPROXY",
    ];

    /// <summary>The reason that the project cannot run here; null when it can.</summary>
    public string? Missing { get; private set; }

    private string Folder { get; set; } = "";

    public async Task InitializeAsync()
    {
        if (
            await TryRunAsync("node", Path.GetTempPath(), TimeSpan.FromSeconds(20), "--version") is not { ExitCode: 0 }
            || await TryRunAsync("npm", Path.GetTempPath(), TimeSpan.FromSeconds(20), "--version") is not { ExitCode: 0 }
        )
        {
            Missing = "skipped: Node with npm is not available";
            return;
        }

        var source = Path.Combine(AppContext.BaseDirectory, "sdk");
        var state = Convert.ToHexStringLower(SHA256.HashData([.. Files.SelectMany(name => File.ReadAllBytes(Path.Combine(source, name)))]))[
            ..16
        ];
        Folder = Path.Combine(Path.GetTempPath(), $"audiencesync-sdk-{Environment.UserName}-{state}");
        if (!Directory.Exists(Folder))
        {
            await InstallAsync(source);
        }
    }

    public Task DisposeAsync() => Task.CompletedTask;

    /// <summary>Runs a script to completion.</summary>
    internal async Task<ProcessResult> RunAsync(string script, TimeSpan time, params string[] arguments) =>
        await TryRunAsync("node", Folder, time, [script, .. arguments])
        ?? throw new InvalidOperationException("Node is no longer available.");

    // Another run may install at the same time, so the folder is created next to its final path and moved there as a whole.
    private async Task InstallAsync(string source)
    {
        var made = Directory.CreateDirectory($"{Folder}-{Guid.NewGuid():n}").FullName;
        try
        {
            foreach (var name in Files)
            {
                File.Copy(Path.Combine(source, name), Path.Combine(made, name));
            }

            var installed = (await TryRunAsync("npm", made, InstallTime, "ci", "--ignore-scripts", "--prefer-offline"))!;
            if (installed.ExitCode != 0)
            {
                Missing = Array.Exists(NoNetwork, word => installed.Output.Contains(word, StringComparison.Ordinal))
                    ? "skipped: no registry responds, and the clients were not installed before"
                    : throw new InvalidOperationException($"npm ci failed: {installed.Output}");
                return;
            }

            Directory.Move(made, Folder);
        }
        catch (IOException) when (Directory.Exists(Folder))
        {
            // The other run was faster.
            return;
        }
        finally
        {
            if (Directory.Exists(made))
            {
                Directory.Delete(made, recursive: true);
            }
        }
    }

    /// <summary>Null when the program does not exist.</summary>
    private static async Task<ProcessResult?> TryRunAsync(string program, string folder, TimeSpan time, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            WorkingDirectory = folder,
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        Process process;
        try
        {
            process = Process.Start(start)!;
        }
        catch (Win32Exception)
        {
            return null;
        }

        using (process)
        using (var deadline = new CancellationTokenSource(time))
        {
            try
            {
                var output = process.StandardOutput.ReadToEndAsync(deadline.Token);
                var errors = process.StandardError.ReadToEndAsync(deadline.Token);
                await process.WaitForExitAsync(deadline.Token);
                return new ProcessResult(process.ExitCode, await output + await errors);
            }
            catch (OperationCanceledException)
            {
                process.Kill(entireProcessTree: true);
                return new ProcessResult(-1, $"{program} {string.Join(' ', arguments)} had not ended after {time}: ETIMEDOUT");
            }
        }
    }
}

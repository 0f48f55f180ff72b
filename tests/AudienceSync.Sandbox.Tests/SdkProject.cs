using System.ComponentModel;
using System.Diagnostics;
using System.Security.Cryptography;

namespace AudienceSync.Sandbox.Tests;

/// <summary>What a program left behind.</summary>
internal sealed record Ended(int ExitCode, string Output);

/// <summary>
/// The npm project in <c>sdk/</c>, installed once for each state of its lock file into a folder outside of the tree, which later runs find again. Where there is no Node, or
/// no registry answers and nothing was installed before, <see cref="Missing"/> says so.
/// </summary>
public sealed class SdkProject : IAsyncLifetime
{
    private static readonly TimeSpan InstallTime = TimeSpan.FromMinutes(3);

    private static readonly string[] Files = ["package.json", "package-lock.json", ".npmrc", "meta.mjs", "google.mjs"];

    private static readonly string[] NoNetwork = ["ENOTFOUND", "EAI_AGAIN", "ECONNREFUSED", "ECONNRESET", "ETIMEDOUT", "ENETUNREACH", "EPROXY"];

    /// <summary>Why it cannot run here; null when it can.</summary>
    public string? Missing { get; private set; }

    private string Folder { get; set; } = "";

    public async Task InitializeAsync()
    {
        if (await TryRunAsync("node", Path.GetTempPath(), TimeSpan.FromSeconds(20), "--version") is not { ExitCode: 0 }
            || await TryRunAsync("npm", Path.GetTempPath(), TimeSpan.FromSeconds(20), "--version") is not { ExitCode: 0 })
        {
            Missing = "skipped: there is no Node with npm";
            return;
        }

        var source = Path.Combine(AppContext.BaseDirectory, "sdk");
        var state = Convert.ToHexStringLower(SHA256.HashData([.. Files.SelectMany(name => File.ReadAllBytes(Path.Combine(source, name)))]))[..16];
        Folder = Path.Combine(Path.GetTempPath(), $"audiencesync-sdk-{Environment.UserName}-{state}");
        if (!Directory.Exists(Folder))
        {
            await InstallAsync(source);
        }
    }

    public Task DisposeAsync() => Task.CompletedTask;

    /// <summary>Runs a script to its end.</summary>
    internal async Task<Ended> RunAsync(string script, TimeSpan time, params string[] arguments) =>
        await TryRunAsync("node", Folder, time, [script, .. arguments]) ?? throw new InvalidOperationException("Node is gone.");

    // Another run may do the same at the same time, so it is made beside and moved into its place whole.
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
                    ? "skipped: no registry answers, and the clients were not installed before"
                    : throw new InvalidOperationException($"npm ci failed: {installed.Output}");
                return;
            }

            Directory.Move(made, Folder);
        }
        catch (IOException) when (Directory.Exists(Folder))
        {
            // The other run was first.
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

    /// <summary>Null when there is no such program.</summary>
    private static async Task<Ended?> TryRunAsync(string program, string folder, TimeSpan time, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            WorkingDirectory = folder, UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true,
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
                return new Ended(process.ExitCode, await output + await errors);
            }
            catch (OperationCanceledException)
            {
                process.Kill(entireProcessTree: true);
                return new Ended(-1, $"{program} {string.Join(' ', arguments)} had not ended after {time}: ETIMEDOUT");
            }
        }
    }
}

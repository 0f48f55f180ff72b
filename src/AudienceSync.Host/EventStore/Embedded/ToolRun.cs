using System.ComponentModel;
using System.Diagnostics;

namespace AudienceSync.Host.EventStore.Embedded;

/// <summary>One call of a program. Without a <see cref="User"/> it runs as the current user.</summary>
internal sealed record ToolCall(string Program, params string[] Arguments)
{
    public string? User { get; init; }

    public string Input { get; init; } = "";

    public TimeSpan TimeLimit { get; init; } = TimeSpan.FromSeconds(30);
}

internal sealed record ToolResult(int ExitCode, string Output, string Errors)
{
    public bool Succeeded => ExitCode == 0;

    /// <summary>All output of the program, for error messages.</summary>
    public string Text => $"{Output.Trim()}\n{Errors.Trim()}".Trim();
}

/// <summary>Runs a program without a shell, with captured output and a time limit.</summary>
internal static class ToolRun
{
    public const int NotStarted = 127;
    public const int TimedOut = 124;

    // The server outlives the program that starts it: if it keeps our pipes open, they never end.
    private static readonly TimeSpan OutputGrace = TimeSpan.FromSeconds(2);

    // The Host's environment holds keys and tokens. The server, which may be another user's process, gets none of it.
    private static readonly string[] PassedOn = ["PATH", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "TMPDIR", "SystemRoot"];

    public static async Task<ToolResult> RunAsync(ToolCall call, TimeProvider time, CancellationToken cancel)
    {
        using var process = new Process { StartInfo = Describe(call) };
        try
        {
            process.Start();
        }
        catch (Win32Exception error)
        {
            return new ToolResult(NotStarted, "", error.Message);
        }

        var output = process.StandardOutput.ReadToEndAsync(CancellationToken.None);
        var errors = process.StandardError.ReadToEndAsync(CancellationToken.None);
        var ended = await EndAsync(process, call, time, cancel);
        var text = await TextAsync(output, time);
        var errorText = await TextAsync(errors, time);
        return ended
            ? new ToolResult(process.ExitCode, text, errorText)
            : new ToolResult(
                TimedOut,
                text,
                $"{errorText}\n{Path.GetFileName(call.Program)} took longer than {call.TimeLimit.TotalSeconds:0} s"
            );
    }

    private static ProcessStartInfo Describe(ToolCall call)
    {
        var start = new ProcessStartInfo(Resolve(call.Program), call.Arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
            // Every user may enter it; our own working folder may be inaccessible to the server's user.
            WorkingDirectory = "/",
        };
        if (call.User is not null)
        {
            // The child sets user, group and groups between fork and exec, so neither runuser nor PAM is needed.
            start.UserName = call.User;
        }

        start.Environment.Clear();
        foreach (var name in PassedOn)
        {
            if (Environment.GetEnvironmentVariable(name) is { } value)
            {
                start.Environment[name] = value;
            }
        }

        start.Environment["LC_ALL"] = "C";
        return start;
    }

    // .NET searches the working folder for a bare name before PATH, so a file named test there would run in place of the system's.
    private static string Resolve(string program) =>
        program.Contains(Path.DirectorySeparatorChar, StringComparison.Ordinal)
            ? program
            : (Environment.GetEnvironmentVariable("PATH") ?? "")
                .Split(Path.PathSeparator)
                .Append("/usr/bin")
                .Append("/bin")
                .Where(Path.IsPathRooted)
                .Select(folder => Path.Combine(folder, program))
                .FirstOrDefault(File.Exists)
                ?? program;

    private static async Task<bool> EndAsync(Process process, ToolCall call, TimeProvider time, CancellationToken cancel)
    {
        using var limit = new CancellationTokenSource(call.TimeLimit, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancel);
        try
        {
            await FeedAsync(process, call.Input, either.Token);
            await process.WaitForExitAsync(either.Token);
            return true;
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            cancel.ThrowIfCancellationRequested();
            return false;
        }
    }

    private static async Task FeedAsync(Process process, string input, CancellationToken cancel)
    {
        try
        {
            await process.StandardInput.WriteAsync(input.AsMemory(), cancel);
            process.StandardInput.Close();
        }
        catch (IOException)
        {
            // The program ended before it read everything: its exit code has the reason.
            await process.WaitForExitAsync(cancel);
        }
    }

    private static async Task<string> TextAsync(Task<string> reading, TimeProvider time)
    {
        try
        {
            return await reading.WaitAsync(OutputGrace, time);
        }
        catch (TimeoutException)
        {
            return "";
        }
    }
}

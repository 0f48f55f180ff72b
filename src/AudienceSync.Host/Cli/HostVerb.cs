using System.CommandLine;

namespace AudienceSync.Host.Cli;

/// <summary>What the verbs that ask a running Host have in common.</summary>
internal static class HostVerb
{
    /// <summary>An address of the API, in a workspace.</summary>
    internal static string In(string path, string? workspace) =>
        workspace is null ? path : $"{path}?workspace={Uri.EscapeDataString(workspace)}";

    /// <summary>Where a verb prints.</summary>
    internal static (TextWriter Output, TextWriter Error) Console(ParseResult parsed) =>
        (parsed.InvocationConfiguration.Output, parsed.InvocationConfiguration.Error);

    /// <summary>Runs a verb. What a human must fix is printed in one line.</summary>
    internal static async Task<int> RunAsync(ParseResult parsed, Func<Task<int>> action)
    {
        try
        {
            return await action();
        }
        catch (Exception failure) when (Failures.Explain(failure) is { } line)
        {
            await parsed.InvocationConfiguration.Error.WriteLineAsync($"audiencesync: {line}");
            return ExitCodes.SetUp;
        }
    }
}

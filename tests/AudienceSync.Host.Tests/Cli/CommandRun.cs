using System.CommandLine;
using AudienceSync.Host.Serving;

namespace AudienceSync.Host.Tests.Cli;

/// <summary>One verb, executed as in the process, and its output.</summary>
internal sealed record CommandRun(int ExitCode, string Output, string Error)
{
    public static Task<CommandRun> RunAsync(IReadOnlyDictionary<string, string> environment, params string[] args) =>
        RunAsync(environment, network: null, clock: null, args);

    public static Task<CommandRun> RunAsync(
        IReadOnlyDictionary<string, string> environment,
        HttpMessageHandler? network,
        params string[] args
    ) => RunAsync(environment, network, clock: null, args);

    public static async Task<CommandRun> RunAsync(
        IReadOnlyDictionary<string, string> environment,
        HttpMessageHandler? network,
        TimeProvider? clock,
        params string[] args
    )
    {
        await using var output = new StringWriter();
        await using var error = new StringWriter();
        var console = new InvocationConfiguration { Output = output, Error = error };
        var exitCode = await CommandLine
            .Create(name => environment.GetValueOrDefault(name), network, clock)
            .Parse(args)
            .InvokeAsync(console);
        return new CommandRun(exitCode, output.ToString(), error.ToString());
    }
}

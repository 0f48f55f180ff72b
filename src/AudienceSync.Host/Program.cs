using System.CommandLine;
using AudienceSync.Host.Cli;

// Sockets complete their work on the thread that received it: every hop to another thread saved is a wake-up saved, and a webhook has few
// microseconds of work between two of them. The framework reads the variable at the first socket, so it must be set before.
if (Environment.GetEnvironmentVariable(InlineCompletions) is null)
{
    Environment.SetEnvironmentVariable(InlineCompletions, "1");
}

// A stop may have to wait for the last commit and for calls under way: the library's two seconds would cut it off.
var invocation = new InvocationConfiguration { ProcessTerminationTimeout = TimeSpan.FromSeconds(60) };
return await CommandLine.Create(Environment.GetEnvironmentVariable).Parse(args).InvokeAsync(invocation);

internal static partial class Program
{
    private const string InlineCompletions = "DOTNET_SYSTEM_NET_SOCKETS_INLINE_COMPLETIONS";
}

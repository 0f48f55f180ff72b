using System.CommandLine;
using System.Globalization;
using AudienceSync.Host.EventStore;
using AudienceSync.Host.Serving;

// Before the first socket, see HotSockets.
if (Environment.GetEnvironmentVariable(HotSockets.ThreadsVariable) is null)
{
    Environment.SetEnvironmentVariable(HotSockets.ThreadsVariable, Environment.ProcessorCount.ToString(CultureInfo.InvariantCulture));
}

// A stop may have to wait for the last commit and for calls under way: the library's two seconds would cut it off.
var invocation = new InvocationConfiguration { ProcessTerminationTimeout = TimeSpan.FromSeconds(60) };
return await CommandLine.Create(Environment.GetEnvironmentVariable).Parse(args).InvokeAsync(invocation);

using System.CommandLine;
using AudienceSync.Host.Serving;

// A stop may have to wait for the last commit and for calls under way: the library's two seconds would cut it off.
//
// The framework's variable DOTNET_SYSTEM_NET_SOCKETS_INLINE_COMPLETIONS must not be set: it lets sockets complete their work on the thread
// that waits for all of them, and a library that blocks there stops every connection of the process for as long as its time-out.
var invocation = new InvocationConfiguration { ProcessTerminationTimeout = TimeSpan.FromSeconds(60) };
return await CommandLine.Create(Environment.GetEnvironmentVariable).Parse(args).InvokeAsync(invocation);

using System.CommandLine;
using AudienceSync.Host.Cli;

// A stop may have to wait for the last commit and for calls under way: the library's two seconds would cut it off.
var patient = new InvocationConfiguration { ProcessTerminationTimeout = TimeSpan.FromSeconds(60) };
return await CommandLine.Create(Environment.GetEnvironmentVariable).Parse(args).InvokeAsync(patient);

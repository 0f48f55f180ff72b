using System.CommandLine;
using AudienceSync.Bench;

return await Benches.Root()
    .Parse(args)
    .InvokeAsync(new InvocationConfiguration { ProcessTerminationTimeout = Benches.CleanUpLimit });

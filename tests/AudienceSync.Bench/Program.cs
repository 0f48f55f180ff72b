using System.CommandLine;
using System.CommandLine.Parsing;
using AudienceSync.Bench;

ParseResult parsed = Benches.Root().Parse(args);
int exitCode = await parsed.InvokeAsync(new InvocationConfiguration { ProcessTerminationTimeout = Benches.CleanUpLimit });
return parsed.Errors.Count > 0 ? BenchRun.CouldNotRun : exitCode;

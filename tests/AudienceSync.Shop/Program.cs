using System.CommandLine;
using AudienceSync.Shop.Reporting;
using AudienceSync.Shop.Running;

var program = new ShopProgram(PlainWhenPiped.Make(Console.IsOutputRedirected), Console.Out, Console.Error, TimeProvider.System);
var parsed = ShopCommand.Make(program.RunAsync).Parse(args);

// Signals are ours: the default would cut the orderly stop short after two seconds.
var code = await parsed.InvokeAsync(new InvocationConfiguration { ProcessTerminationTimeout = null });
return parsed.Errors.Count > 0 ? ShopProgram.CannotStart : code;

using System.CommandLine;
using AudienceSync.Shop.Running;
using Spectre.Console;

var program = new ShopProgram(AnsiConsole.Console, Console.Out, Console.Error, TimeProvider.System);
var parsed = ShopCommand.Make(program.RunAsync).Parse(args);

// Signals are ours: the default would cut the orderly stop short after two seconds.
var code = await parsed.InvokeAsync(new InvocationConfiguration { ProcessTerminationTimeout = null });
return parsed.Errors.Count > 0 ? ShopProgram.CannotStart : code;

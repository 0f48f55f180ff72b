using System.CommandLine;
using AudienceSync.Shop.Reporting;
using AudienceSync.Shop.Running;

var program = new ShopProgram(ConsoleFactory.Make(Console.IsOutputRedirected), Console.Out, Console.Error, TimeProvider.System);
var parsed = ShopCommand.Make(program.RunAsync).Parse(args);

// The program handles signals itself: the default handler would cut the orderly stop short after two seconds.
var code = await parsed.InvokeAsync(new InvocationConfiguration { ProcessTerminationTimeout = null });
return parsed.Errors.Count > 0 ? ShopProgram.CannotStart : code;

using System.CommandLine;
using AudienceSync.Connectors;
using AudienceSync.Connectors.Http;
using AudienceSync.Host.Cli;
using AudienceSync.Host.Configuration;

namespace AudienceSync.Host.Sync.Verbs;

/// <summary>Checks something besides the ad accounts.</summary>
/// <param name="config">The configuration.</param>
/// <param name="loader">Reads its secrets.</param>
/// <param name="dependencies">Send the calls.</param>
/// <param name="only">The one name to check; null for all.</param>
/// <param name="cancellationToken">Ends the calls.</param>
internal delegate Task<List<CheckedDestination>> MoreChecks(
    AudienceSyncConfig config,
    ConfigLoader loader,
    DestinationDependencies dependencies,
    string? only,
    CancellationToken cancellationToken
);

/// <summary>
/// <c>destinations</c>: lists what is configured, and checks whether it works. Both read the configuration that <c>serve</c> reads and no
/// database, except <c>list --held</c>. The other commands are those of <see cref="HoldCommands"/>.
/// </summary>
internal static class DestinationsCommands
{
    /// <param name="environment">Environment variables of the process.</param>
    /// <param name="network">Sends the calls; null for the real network.</param>
    /// <param name="more">What <c>check</c> checks besides the ad accounts.</param>
    public static Command Create(Func<string, string?> environment, HttpMessageHandler? network, MoreChecks? more = null)
    {
        var holds = new HoldCommands(environment);
        return new Command("destinations", "Manage the configured ad accounts.")
        {
            List(environment, network),
            Check(environment, network, more ?? (static (_, _, _, _, _) => Task.FromResult(new List<CheckedDestination>()))),
            PreviewCommand.Create(environment, network),
            holds.Pause(),
            holds.Resume(),
            holds.Approve(),
            ResendCommand.Create(environment),
        };
    }

    private static Command List(Func<string, string?> environment, HttpMessageHandler? network)
    {
        var json = Json();
        var held = new Option<bool>("--held") { Description = "Also show what is paused and what waits for approval; reads the database." };
        var list = new Command("list", "List configured ad accounts with their remote audiences and abilities. Makes no calls.")
        {
            json,
            held,
        };
        list.SetAction(
            (parsed, cancellationToken) =>
                RunAsync(
                    parsed,
                    environment,
                    network,
                    async (config, loader, dependencies) =>
                    {
                        var planner = new DestinationPlanner(loader, dependencies);
                        var rows = DestinationList.Of(config, planner);
                        if (parsed.GetValue(held))
                        {
                            var code = await DatabaseVerb.RunAsync(
                                parsed,
                                environment,
                                async connectionString =>
                                {
                                    rows = await HoldsByAccount.AddAsync(rows, connectionString, cancellationToken);
                                    return ExitCodes.Done;
                                },
                                cancellationToken
                            );
                            if (code != ExitCodes.Done)
                            {
                                return code;
                            }
                        }

                        await DestinationList.PrintAsync(rows, parsed.InvocationConfiguration.Output, parsed.GetValue(json));
                        return rows.Exists(row => row.Problem is not null) ? ExitCodes.Failed : ExitCodes.Done;
                    }
                )
        );
        return list;
    }

    private static Command Check(Func<string, string?> environment, HttpMessageHandler? network, MoreChecks more)
    {
        var json = Json();
        var name = new Argument<string?>("name")
        {
            Description = "Destination, or source with feedback, to check; all when omitted.",
            Arity = ArgumentArity.ZeroOrOne,
        };
        var check = new Command("check", "Check token, permissions, terms and bound remote audiences at each platform. Changes nothing.")
        {
            name,
            json,
        };
        check.SetAction(
            (parsed, cancellationToken) =>
                RunAsync(
                    parsed,
                    environment,
                    network,
                    async (config, loader, dependencies) =>
                    {
                        var only = parsed.GetValue(name);
                        var planner = new DestinationPlanner(loader, dependencies);
                        var checks = await new DestinationCheck(planner).RunAsync(config, only, cancellationToken);
                        checks.AddRange(await more(config, loader, dependencies, only, cancellationToken));
                        if (only is not null && checks.Count == 0)
                        {
                            throw new SetupException(
                                "unknown_destination",
                                $"no destination is named {only}; destinations list shows them."
                            );
                        }

                        await DestinationCheckReport.PrintAsync(checks, parsed.InvocationConfiguration.Output, parsed.GetValue(json));
                        return DestinationCheckReport.ExitCodeOf(checks);
                    }
                )
        );
        return check;
    }

    private static Option<bool> Json() => new("--json") { Description = "Output as JSON." };

    /// <summary>Runs a verb on the configuration. What a human must fix is printed in one line.</summary>
    internal static async Task<int> RunAsync(
        ParseResult parsed,
        Func<string, string?> environment,
        HttpMessageHandler? network,
        Func<AudienceSyncConfig, ConfigLoader, DestinationDependencies, Task<int>> action
    )
    {
        using var own = network is null ? PlatformHttp.CreateHandler() : null;
        try
        {
            var loader = new ConfigLoader(HostSettings.FromEnvironment(environment).ConfigPath, environment);
            var dependencies = new DestinationDependencies(network ?? own!, TimeProvider.System, new Random(Environment.TickCount));
            return await action(loader.Load(), loader, dependencies);
        }
        catch (Exception failure) when (Failures.Explain(failure) is { } line)
        {
            await parsed.InvocationConfiguration.Error.WriteLineAsync($"audiencesync: {line}");
            return ExitCodes.SetUp;
        }
    }
}

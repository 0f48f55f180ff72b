using System.CommandLine;
using AudienceSync.Host.Configuration;
using AudienceSync.Host.Storage;

namespace AudienceSync.Host.Cli;

/// <summary>The process's verbs: noun, then verb, except for those that run or prepare the whole.</summary>
internal static class CommandLine
{
    /// <param name="environment">Of the process.</param>
    /// <param name="network">Carries calls to platforms; null for the real one.</param>
    /// <param name="clock">What the verbs about keys take for the time; null for the machine's.</param>
    public static RootCommand Create(Func<string, string?> environment, HttpMessageHandler? network = null, TimeProvider? clock = null)
    {
        var serve = new Command("serve", "Receive webhooks, project them, keep the platforms equal. Until told to stop.");
        serve.SetAction((parsed, cancellationToken) => ServeCommand.RunAsync(environment, parsed.InvocationConfiguration.Error, cancellationToken));
        var migrate = new Command("migrate", "Bring the schema at AUDIENCESYNC_POSTGRES up to date and stop.");
        migrate.SetAction((_, cancellationToken) => MigrateAsync(environment, cancellationToken));
        return new RootCommand("AudienceSync keeps ad platforms' audiences equal to what journeys decide.")
        {
            serve, migrate, KeysCommands.Create(environment, clock ?? TimeProvider.System), PeopleCommands.Create(environment), DestinationsCommands.Create(environment, network),
            SyncCommands.Create(environment), AudiencesCommands.Create(environment), MembersCommands.Create(environment), QuarantineCommands.Create(environment),
            ProjectionsCommands.Create(environment),
        };
    }

    private static async Task<int> MigrateAsync(Func<string, string?> environment, CancellationToken cancellationToken)
    {
        var settings = HostSettings.FromEnvironment(environment);
        if (settings.Postgres is not { } connectionString)
        {
            await Console.Error.WriteLineAsync("audiencesync: postgres_missing: set AUDIENCESYNC_POSTGRES; the embedded cluster is migrated by serve.");
            return ExitCodes.SetUp;
        }

        try
        {
            var config = new ConfigLoader(settings.ConfigPath, environment).Load();
            var names = config.Workspaces.Keys.Select(name => new WorkspaceName(name)).ToList();
            var applied = await new Migrations(connectionString).ApplyAsync(names, cancellationToken);
            await Console.Out.WriteLineAsync(applied.Count == 0 ? "Nothing to apply." : string.Join('\n', applied));
            return ExitCodes.Done;
        }
        catch (Exception failure) when (failure is SetupException or SchemaChangedException or ArgumentException or System.Data.Common.DbException)
        {
            await Console.Error.WriteLineAsync($"audiencesync: {failure.Message}");
            return ExitCodes.SetUp;
        }
    }
}

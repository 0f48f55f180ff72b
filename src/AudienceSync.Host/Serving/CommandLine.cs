using System.CommandLine;
using AudienceSync.Host.Alerts;
using AudienceSync.Host.Audiences.Verbs;
using AudienceSync.Host.Cli;
using AudienceSync.Host.Configuration;
using AudienceSync.Host.Doctor;
using AudienceSync.Host.EventStore;
using AudienceSync.Host.Exposures.Verbs;
using AudienceSync.Host.Feedback;
using AudienceSync.Host.History.Verbs;
using AudienceSync.Host.Ingest.Verbs;
using AudienceSync.Host.Messages;
using AudienceSync.Host.Outcomes.Verbs;
using AudienceSync.Host.People.Verbs;
using AudienceSync.Host.Privacy.Verbs;
using AudienceSync.Host.Projection.Verbs;
using AudienceSync.Host.Sync.Verbs;
using AudienceSync.Host.Workspaces.Verbs;

namespace AudienceSync.Host.Serving;

/// <summary>The commands of the process: noun, then verb, except for those that run or migrate the whole Host.</summary>
internal static class CommandLine
{
    /// <param name="environment">Environment variables of the process.</param>
    /// <param name="network">Sends calls to platforms; null for the real network.</param>
    /// <param name="clock">Clock of the <c>keys</c> commands; null for the system clock.</param>
    public static RootCommand Create(Func<string, string?> environment, HttpMessageHandler? network = null, TimeProvider? clock = null)
    {
        var serve = new Command("serve", "Run the Host: receive webhooks, project them and sync the platforms, until stopped.");
        serve.SetAction(
            (parsed, cancellationToken) => ServeCommand.RunAsync(environment, parsed.InvocationConfiguration.Error, cancellationToken)
        );
        var migrate = new Command(
            "migrate",
            "Apply pending schema migrations to the database at AUDIENCESYNC_POSTGRES_OWNER or AUDIENCESYNC_POSTGRES and exit."
        );
        migrate.SetAction((parsed, cancellationToken) => MigrateAsync(environment, parsed.InvocationConfiguration, cancellationToken));
        return new RootCommand("AudienceSync syncs the audiences of journeys to ad platforms.")
        {
            serve,
            migrate,
            KeysCommands.Create(environment, clock ?? TimeProvider.System),
            PeopleCommands.Create(environment),
            DestinationsCommands.Create(environment, network, FeedbackCheck.RunAsync),
            FeedbackCommands.Create(environment),
            AlertsCommands.Create(environment),
            DoctorCommand.Create(environment),
            SyncCommands.Create(environment),
            AudiencesCommands.Create(environment, CountersVerb.Create(environment, TimeProvider.System)),
            MembersCommands.Create(environment),
            QuarantineCommands.Create(environment),
            ProjectionsCommands.Create(environment),
            MessagesCommands.Create(environment),
            RunsCommands.Create(environment),
            EventsCommands.Create(environment, clock ?? TimeProvider.System),
            OutcomesCommands.Create(environment),
            SourcesCommands.Create(environment),
            ExposuresCommands.Create(environment),
        };
    }

    private static async Task<int> MigrateAsync(
        Func<string, string?> environment,
        InvocationConfiguration console,
        CancellationToken cancellationToken
    )
    {
        try
        {
            var settings = EnvironmentSettings.Read(environment);
            if (settings.Owner is not { } owner)
            {
                throw new SetupException("postgres_missing", "set AUDIENCESYNC_POSTGRES; the embedded cluster is migrated by serve.");
            }

            var config = new ConfigLoader(settings.ConfigPath, environment).Load();
            var names = config.Workspaces.Keys.Select(name => new WorkspaceName(name)).ToList();
            var applied = await new Migrations(owner, settings.Postgres).ApplyAsync(names, cancellationToken);
            await console.Output.WriteLineAsync(applied.Count == 0 ? "Nothing to apply." : string.Join('\n', applied));
            return ExitCodes.Done;
        }
        catch (Exception failure) when ((Failures.Explain(failure) ?? (failure as ArgumentException)?.Message) is { } line)
        {
            await console.Error.WriteLineAsync($"audiencesync: {line}");
            return ExitCodes.SetUp;
        }
    }
}

using System.CommandLine;
using AudienceSync.Host.Configuration;
using AudienceSync.Host.Rebuilding;
using AudienceSync.Host.Storage.Audiences;
using AudienceSync.Host.Storage.Embedded;

namespace AudienceSync.Host.Cli;

/// <summary>
/// A command that works on the database: that of AUDIENCESYNC_POSTGRES, or the embedded one, either already running or started for the
/// command.
/// </summary>
internal static class DatabaseVerb
{
    public static async Task<int> RunAsync(
        ParseResult parsed, Func<string, string?> environment, Func<string, Task<int>> action, CancellationToken cancellationToken)
    {
        try
        {
            if (HostSettings.FromEnvironment(environment).Postgres is { } connectionString)
            {
                return await action(connectionString);
            }

            var options = EmbeddedPostgresOptions.FromSettings(environment, Environment.CurrentDirectory);
            await using var postgres = await EmbeddedPostgres.StartAsync(options, TimeProvider.System, cancellationToken);
            return await action(postgres.ConnectionString);
        }
        catch (Exception failure) when (Failures.Explain(failure) is { } line)
        {
            await parsed.InvocationConfiguration.Error.WriteLineAsync($"audiencesync: {line}");
            return failure is RegistryException or RebuildException ? ExitCodes.Failed : ExitCodes.SetUp;
        }
    }
}

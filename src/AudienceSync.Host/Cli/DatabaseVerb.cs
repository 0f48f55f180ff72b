using System.CommandLine;
using AudienceSync.Host.Configuration;
using AudienceSync.Host.EventStore.Embedded;

namespace AudienceSync.Host.Cli;

/// <summary>
/// A command that works on the database: that of AUDIENCESYNC_POSTGRES, or the embedded one, either already running or started for the
/// command. Only <c>serve</c> creates an embedded one.
/// </summary>
internal static class DatabaseVerb
{
    /// <summary>The same as the owner of the schemas, for commands that create tables or change what the Host may not.</summary>
    public static Task<int> RunAsOwnerAsync(
        ParseResult parsed,
        Func<string, string?> environment,
        Func<string, Task<int>> action,
        CancellationToken cancellationToken
    ) => RunAsync(parsed, environment, settings => settings.Owner, action, cancellationToken);

    public static Task<int> RunAsync(
        ParseResult parsed,
        Func<string, string?> environment,
        Func<string, Task<int>> action,
        CancellationToken cancellationToken
    ) => RunAsync(parsed, environment, settings => settings.Postgres, action, cancellationToken);

    private static async Task<int> RunAsync(
        ParseResult parsed,
        Func<string, string?> environment,
        Func<HostSettings, string?> login,
        Func<string, Task<int>> action,
        CancellationToken cancellationToken
    )
    {
        try
        {
            if (login(EnvironmentSettings.Read(environment)) is { } connectionString)
            {
                return await action(connectionString);
            }

            var options = EmbeddedPostgresOptions.FromSettings(environment, Environment.CurrentDirectory) with { MustExist = true };
            await using var postgres = await EmbeddedPostgres.StartAsync(options, TimeProvider.System, cancellationToken);
            return await action(postgres.ConnectionString);
        }
        catch (Exception failure) when (Failures.Explain(failure) is { } line)
        {
            await parsed.InvocationConfiguration.Error.WriteLineAsync($"audiencesync: {line}");
            return failure is RefusedException ? ExitCodes.Failed : ExitCodes.SetUp;
        }
    }
}

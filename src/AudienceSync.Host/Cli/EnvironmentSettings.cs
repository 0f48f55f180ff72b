using AudienceSync.Host.Configuration;
using AudienceSync.Host.EventStore;

namespace AudienceSync.Host.Cli;

/// <summary>The settings of the environment with connection strings that the driver reads, whichever form the operator wrote.</summary>
internal static class EnvironmentSettings
{
    /// <exception cref="SetupException">urls_invalid, postgres_invalid</exception>
    public static HostSettings Read(Func<string, string?> environment)
    {
        var settings = HostSettings.FromEnvironment(environment);
        return settings with
        {
            Postgres = Postgres("AUDIENCESYNC_POSTGRES", settings.Postgres),
            PostgresOwner = Postgres("AUDIENCESYNC_POSTGRES_OWNER", settings.PostgresOwner),
        };
    }

    private static string? Postgres(string variable, string? text)
    {
        if (text is null)
        {
            return null;
        }

        var (value, problem) = ConnectionText.Read(text);
        return problem is null ? value : throw new SetupException("postgres_invalid", $"{variable} {problem}.");
    }
}

using AudienceSync.Connectors.Http;
using AudienceSync.Host.Cli;
using AudienceSync.Host.Configuration;
using AudienceSync.Host.EventStore.Embedded;
using AudienceSync.Host.Workspaces;

namespace AudienceSync.Host.Serving;

/// <summary><c>serve</c>: runs until it is stopped, and leaves nothing running.</summary>
internal static class ServeCommand
{
    public static async Task<int> RunAsync(Func<string, string?> environment, TextWriter error, CancellationToken cancellationToken)
    {
        EmbeddedPostgres? postgres = null;
        try
        {
            var settings = EnvironmentSettings.Read(environment);
            if (settings.Postgres is null)
            {
                var options = EmbeddedPostgresOptions.FromSettings(environment, Environment.CurrentDirectory);
                postgres = await EmbeddedPostgres.StartAsync(options, TimeProvider.System, cancellationToken);
                settings = settings with { Postgres = postgres.HostConnectionString, PostgresOwner = postgres.ConnectionString };
            }

            await ServeAsync(settings, environment, postgres, cancellationToken);
            return ExitCodes.Done;
        }
        catch (Exception failure) when (Failures.Explain(failure) is { } line)
        {
            await error.WriteLineAsync($"audiencesync: {line}");
            return ExitCodes.SetUp;
        }
        finally
        {
            if (postgres is not null)
            {
                await postgres.DisposeAsync();
            }
        }
    }

    // Of a server elsewhere nobody here knows it.
    private static double FreeShare(string folder)
    {
        var drive = new DriveInfo(folder);
        return drive.AvailableFreeSpace / (double)drive.TotalSize;
    }

    private static async Task ServeAsync(
        HostSettings settings,
        Func<string, string?> environment,
        EmbeddedPostgres? postgres,
        CancellationToken cancellationToken
    )
    {
        using var network = PlatformHttp.CreateHandler();

        // Not the working folder, and no file watching: the framework would watch every file of a data folder below it.
        var builder = WebApplication.CreateSlimBuilder(
            new WebApplicationOptions { ContentRootPath = AppContext.BaseDirectory, Args = ["--hostBuilder:reloadConfigOnChange=false"] }
        );
        builder.AddLog(settings);
        builder.AddAudienceSync(
            settings,
            new ServerDependencies(TimeProvider.System, new Random(Environment.TickCount), network, environment)
            {
                FreeDisk = () => postgres is null ? null : FreeShare(postgres.DataFolder),
            }
        );
        await using var app = builder.Build();
        app.MapAudienceSync();
        if (postgres is not null)
        {
            app.Logger.LogInformation(
                "PostgreSQL {State} in {Folder}",
                postgres.IsAdopted ? "found running" : "started",
                postgres.DataFolder
            );
        }

        try
        {
            await app.StartAsync(cancellationToken);
            await app.WaitForShutdownAsync(cancellationToken);
        }
        finally
        {
            // Also after a start that failed halfway: what runs already must stop before it is disposed.
            await app.StopAsync(CancellationToken.None);
        }
    }
}

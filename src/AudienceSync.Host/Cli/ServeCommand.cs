using AudienceSync.Connectors.Http;
using AudienceSync.Host.Configuration;
using AudienceSync.Host.Serving;
using AudienceSync.Host.Storage.Embedded;
using AudienceSync.Host.Telemetry;

namespace AudienceSync.Host.Cli;

/// <summary><c>serve</c>: runs until it is stopped, and leaves nothing running.</summary>
internal static class ServeCommand
{
    public static async Task<int> RunAsync(Func<string, string?> environment, TextWriter error, CancellationToken cancellationToken)
    {
        var settings = HostSettings.FromEnvironment(environment);
        await using var app = Build(settings, environment);
        var logger = app.Services.GetRequiredService<ILoggerFactory>().CreateLogger("AudienceSync");
        EmbeddedPostgres? postgres = null;
        try
        {
            if (settings.Postgres is null)
            {
                var options = EmbeddedPostgresOptions.FromSettings(environment, Environment.CurrentDirectory);
                postgres = await EmbeddedPostgres.StartAsync(options, TimeProvider.System, cancellationToken);
                logger.LogInformation("PostgreSQL {State} in {Folder}", postgres.IsAdopted ? "found running" : "started", options.DataFolder);
            }

            return await ServeAsync(app, settings, settings.Postgres ?? postgres!.ConnectionString, environment, logger, cancellationToken);
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

    // Before anything else, because the host owns the log.
    private static WebApplication Build(HostSettings settings, Func<string, string?> environment)
    {
        // Not the working folder, and no file watching: the framework would watch every file of a data folder below it.
        var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions
        {
            ContentRootPath = AppContext.BaseDirectory,
            Args = ["--hostBuilder:reloadConfigOnChange=false"],
        });
        builder.AddLog(settings);
        builder.Services.AddTelemetry(environment);
        builder.WebHost.UseUrls(settings.Urls);
        HostServer.Configure(builder);
        return builder.Build();
    }

    private static async Task<int> ServeAsync(
        WebApplication app, HostSettings settings, string connectionString, Func<string, string?> environment, ILogger logger,
        CancellationToken cancellationToken)
    {
        using var network = PlatformHttp.CreateHandler();
        var dependencies = new ServerDependencies(TimeProvider.System, new Random(Environment.TickCount), network, environment);
        var loggers = app.Services.GetRequiredService<ILoggerFactory>();
        await using var server = await HostServer.OpenAsync(connectionString, settings, dependencies, loggers, cancellationToken);
        server.Map(app, TimeProvider.System);
        await server.StartAsync(cancellationToken);
        try
        {
            await app.StartAsync(cancellationToken);
            await using var health = await HealthListener.StartAsync(settings.HealthUrl, server, loggers, cancellationToken);
            logger.LogInformation("AudienceSync is ready at {Urls}", settings.Urls);
            await app.WaitForShutdownAsync(cancellationToken);
        }
        finally
        {
            await app.StopAsync(CancellationToken.None);
            await server.StopAsync();
            logger.LogInformation("AudienceSync has stopped");
        }

        return ExitCodes.Done;
    }
}

using AudienceSync.Host.Configuration;
using AudienceSync.Host.Workspaces;
using OpenTelemetry.Metrics;

namespace AudienceSync.Host.Serving;

/// <summary>
/// <c>/health</c> and <c>/metrics</c> on an address of its own, with connections of its own: a client that fills the main listener does not
/// make a load balancer or an orchestrator treat the process as dead. Without an address it does nothing.
/// </summary>
public sealed class HealthListener(HostSettings settings, HostServer server, MeterProvider meters, ILoggerFactory loggers)
    : IHostedLifecycleService
{
    private WebApplication? _app;

    /// <summary>Where it listens; null before the start and without an address.</summary>
    public string? Url => _app?.Urls.Single();

    /// <summary>Starts it when everything else has started.</summary>
    /// <exception cref="SetupException">health_url_invalid</exception>
    public async Task StartedAsync(CancellationToken cancellationToken)
    {
        if (settings.HealthUrl is not { } url)
        {
            return;
        }

        if (!Uri.TryCreate(url, UriKind.Absolute, out var address) || address.Scheme != Uri.UriSchemeHttp || address.PathAndQuery != "/")
        {
            throw new SetupException("health_url_invalid", "AUDIENCESYNC_HEALTH_URL must be one address such as http://127.0.0.1:5401.");
        }

        var builder = WebApplication.CreateSlimBuilder(
            new WebApplicationOptions { ContentRootPath = AppContext.BaseDirectory, Args = ["--hostBuilder:reloadConfigOnChange=false"] }
        );
        builder.Logging.ClearProviders();
        builder.Services.AddSingleton(loggers);
        builder.WebHost.UseUrls(url);
        _app = builder.AddHttp().Build();
        _app.MapMonitoring(server, meters);
        await _app.StartAsync(cancellationToken);
    }

    /// <summary>Stops it before everything else.</summary>
    public async Task StoppingAsync(CancellationToken cancellationToken)
    {
        if (_app is { } app)
        {
            _app = null;
            await app.StopAsync(cancellationToken);
            await app.DisposeAsync();
        }
    }

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}

using AudienceSync.Host.Configuration;
using AudienceSync.Host.Requests;

namespace AudienceSync.Host.Serving;

/// <summary>
/// <c>/health</c> and <c>/metrics</c> on an address of its own, with connections of its own: a client that fills the main listener does not
/// make a load balancer or an orchestrator treat the process as dead.
/// </summary>
public sealed class HealthListener : IAsyncDisposable
{
    private readonly WebApplication _app;

    private HealthListener(WebApplication app) => _app = app;

    /// <summary>Where it listens.</summary>
    public string Url => _app.Urls.Single();

    /// <summary>Starts it, or returns null when no address is set.</summary>
    /// <exception cref="SetupException">health_url_invalid</exception>
    public static async Task<HealthListener?> StartAsync(string? url, HostServer server, ILoggerFactory loggers, CancellationToken cancellationToken)
    {
        if (url is null)
        {
            return null;
        }

        if (!Uri.TryCreate(url, UriKind.Absolute, out var address) || address.Scheme != Uri.UriSchemeHttp || address.PathAndQuery != "/")
        {
            throw new SetupException("health_url_invalid", "AUDIENCESYNC_HEALTH_URL must be one address such as http://127.0.0.1:5401.");
        }

        var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions
        {
            ContentRootPath = AppContext.BaseDirectory,
            Args = ["--hostBuilder:reloadConfigOnChange=false"],
        });
        builder.Logging.ClearProviders();
        builder.Services.AddSingleton(loggers);
        builder.WebHost.UseUrls(url);
        HostServer.Configure(builder);
        var app = builder.Build();
        app.UseExceptionHandler();
        app.UseStatusCodePages(StatusCodeResponses.WriteAsync);
        app.UseRouting();
        app.UseAuthentication();
        app.UseAuthorization();
        app.UseMiddleware<ContractCheck>();
        server.MapForMonitoring(app);
        await app.StartAsync(cancellationToken);
        return new HealthListener(app);
    }

    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync();
        await _app.DisposeAsync();
    }
}

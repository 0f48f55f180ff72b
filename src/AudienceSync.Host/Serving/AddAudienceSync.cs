using System.Text.Json;
using System.Text.Json.Serialization;
using AudienceSync.Domain;
using AudienceSync.Host.Access;
using AudienceSync.Host.Configuration;
using AudienceSync.Host.Ingest;
using AudienceSync.Host.Ingest.Reporting;
using AudienceSync.Host.Messages;
using AudienceSync.Host.Requests;
using AudienceSync.Host.Workspaces;
using AudienceSync.Host.Workspaces.Metrics;
using AudienceSync.Host.Workspaces.Nodes;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace AudienceSync.Host.Serving;

/// <summary>
/// Registers AudienceSync in an ASP.NET host; <see cref="MapAudienceSyncExtensions.MapAudienceSync"/> maps its endpoints.
/// </summary>
public static class AddAudienceSyncExtensions
{
    /// <summary>
    /// How long a stop may take: requests in flight, the last commit, calls under way. Below the time after which the command line ends the
    /// process.
    /// </summary>
    private static readonly TimeSpan ShutdownTimeout = TimeSpan.FromSeconds(55);

    /// <summary>Adds the workspaces, which run with the host, and everything that their endpoints need.</summary>
    /// <param name="builder">The host.</param>
    /// <param name="settings">With the connection string of the database.</param>
    /// <param name="dependencies">What a test controls.</param>
    public static WebApplicationBuilder AddAudienceSync(
        this WebApplicationBuilder builder,
        HostSettings settings,
        ServerDependencies dependencies
    )
    {
        var services = builder.Services;
        services.AddSingleton(settings);
        services.AddSingleton(dependencies);
        services.AddSingleton<HostMetrics>();
        services.AddSingleton<IngestCounters>();
        services.AddSingleton<DeadMessages>();
        services.AddSingleton<HostServer>();
        services.AddSingleton<HealthListener>();
        services.AddSingleton(provider => new WebhookEndpoint(
            provider.GetRequiredService<AccessTokens<WebhookInbox>>(),
            dependencies.Clock,
            provider.GetRequiredService<IngestCounters>()
        ));
        services.AddSingleton(provider => new BatchEndpoint(
            provider.GetRequiredService<AccessTokens<WebhookInbox>>(),
            dependencies.Clock,
            provider.GetRequiredService<IngestCounters>()
        ));
        services.AddSingleton(provider => new ReportingEndpoint(
            provider.GetRequiredService<ReportingSources>(),
            dependencies.Clock,
            provider.GetRequiredService<IngestCounters>(),
            provider.GetRequiredService<ILogger<ReportingEndpoint>>()
        ));
        services.AddSourceAccess();
        services.AddNodes(
            settings.Postgres ?? throw new ArgumentException("The settings name no database.", nameof(settings)),
            settings.SharesByAgents()
        );

        // Before the workspaces, so that "ready" is logged after it listens.
        services.AddHostedService(provider => provider.GetRequiredService<HealthListener>());
        services.AddHostedService(provider => provider.GetRequiredService<HostServer>());
        services.AddHostedService<NodeService>();
        services.Configure<HostOptions>(options => options.ShutdownTimeout = ShutdownTimeout);
        services.AddTelemetry(dependencies.Environment);
        builder.WebHost.UseUrls(settings.Urls);
        return builder.AddHttp();
    }

    /// <summary>Adds the limits of connections, the form of JSON and the checks of requests: all that a listener needs.</summary>
    internal static WebApplicationBuilder AddHttp(this WebApplicationBuilder builder)
    {
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            // The body of a request without known sender is never read further than this; an endpoint that accepts more raises it, after
            // authentication.
            kestrel.Limits.MaxRequestBodySize = Limits.OperatorBodyBytes;
            kestrel.Limits.RequestHeadersTimeout = ConnectionLimits.FirstRequest;
            kestrel.Limits.MaxConcurrentConnections = ConnectionLimits.Connections;
            kestrel.ConfigureEndpointDefaults(SilentConnections.Close);
        });
        builder.WebHost.UseSockets(sockets => sockets.UnsafePreferInlineScheduling = true);
        builder.Services.ConfigureHttpJsonOptions(json =>
        {
            json.SerializerOptions.PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower;
            json.SerializerOptions.Converters.Add(new JsonStringEnumConverter(JsonNamingPolicy.SnakeCaseLower));
            json.SerializerOptions.UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow;
            json.SerializerOptions.RespectNullableAnnotations = true;
        });
        builder.Services.AddProblemDetails();
        builder.Services.AddAccess();
        builder.Services.TryAddSingleton<WorkspaceServices>();
        builder.Services.AddSingleton<ContractCheck>();
        builder.Services.TryAddSingleton(TimeProvider.System);
        builder.Services.AddExceptionHandler<RequestFaults>();
        return builder;
    }
}

using AudienceSync.Host.Ingest;
using AudienceSync.Host.Telemetry;
using AudienceSync.Host.Workspaces.Metrics;
using OpenTelemetry.Metrics;
using OpenTelemetry.Trace;

namespace AudienceSync.Host.Serving;

/// <summary>
/// Metrics for <c>GET /metrics</c>, and metrics and traces over OTLP when the standard variable names a collector. Without a collector no
/// span is created.
/// </summary>
internal static class TelemetrySetup
{
    public const string EndpointVariable = "OTEL_EXPORTER_OTLP_ENDPOINT";

    /// <summary>The path of the page of metrics.</summary>
    public const string Path = "/metrics";

    /// <summary>The driver's own meter, connections and commands by pool; and its own spans, commands within spans of ours.</summary>
    internal const string Driver = "Npgsql";

    /// <summary>Wolverine's meters, one a service: durable messages that were sent, handled and failed, and those that wait.</summary>
    private const string Messages = "Wolverine*";

    public static void AddTelemetry(this IServiceCollection services, Func<string, string?> environment)
    {
        var telemetry = services
            .AddOpenTelemetry()
            .WithMetrics(metrics =>
                metrics.AddMeter(HostMetrics.MeterName, IngestCounters.MeterName, Driver, Messages).AddPrometheusExporter()
            );
        if (string.IsNullOrEmpty(environment(EndpointVariable)))
        {
            return;
        }

        telemetry
            .WithMetrics(metrics => metrics.AddOtlpExporter())
            .WithTracing(traces => traces.AddSource(Spans.SourceName, Driver).AddOtlpExporter());
    }

    /// <summary>Maps the page of metrics. Who may read it is the caller's decision.</summary>
    public static IEndpointConventionBuilder MapMetrics(this IEndpointRouteBuilder app, MeterProvider meters) =>
        app.MapPrometheusScrapingEndpoint(Path, meters, configureBranchedPipeline: null, optionsName: null)
            .WithMetadata(new HttpMethodMetadata([HttpMethods.Get]));
}

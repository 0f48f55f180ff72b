using AudienceSync.Host.Ingest;
using OpenTelemetry;
using OpenTelemetry.Metrics;

namespace AudienceSync.Host.Telemetry;

/// <summary>Sends metrics over OTLP when the standard variable names a collector.</summary>
internal static class MetricsExport
{
    public const string EndpointVariable = "OTEL_EXPORTER_OTLP_ENDPOINT";

    /// <summary>Null when no collector is named.</summary>
    public static MeterProvider? Start(Func<string, string?> environment) => string.IsNullOrEmpty(environment(EndpointVariable))
        ? null
        : Sdk.CreateMeterProviderBuilder().AddMeter(IngestCounters.MeterName).AddOtlpExporter().Build();
}

using AudienceSync.Connectors.Http;
using AudienceSync.Connectors.Sections;

namespace AudienceSync.Connectors.CustomerIo;

/// <summary>Feedback to one Customer.io workspace, validated.</summary>
public sealed record CustomerIoSettings
{
    /// <summary>The name of the service in the configuration.</summary>
    public const string Service = "customerio";

    public static PlatformSettings Known { get; } =
        new(Service, "region", "site_id", "api_key", "events", "attributes", "step_metrics", "requests_per_second");

    /// <summary>Where calls go, with a slash at its end.</summary>
    public required Uri BaseUrl { get; init; }

    /// <summary><c>us</c> or <c>eu</c>: where the workspace is.</summary>
    public required string Region { get; init; }

    public required Secret SiteId { get; init; }

    public required Secret ApiKey { get; init; }

    /// <summary>Whether what happens to people at destinations is sent as events.</summary>
    public required bool Events { get; init; }

    /// <summary>Whether what is known of people is sent as attributes.</summary>
    public required bool Attributes { get; init; }

    /// <summary>Whether the outcome of a journey's step is reported by its delivery id.</summary>
    public required bool StepMetrics { get; init; }

    public required int RequestsPerSecond { get; init; }

    public TimeSpan CallTimeout { get; init; } = CustomerIoLimits.CallTimeout;

    public static ParsedSettings<CustomerIoSettings> Parse(DestinationSection section)
    {
        ArgumentNullException.ThrowIfNull(section);
        var region = section
            .Text("region")
            .Must(text => text is "us" or "eu", "invalid_region", "region must be us or eu: the data center of the Customer.io workspace.");
        var siteId = Credential(section, "site_id");
        var apiKey = Credential(section, "api_key");
        var baseUrl = section.BaseUrlOr(region.Value == "eu" ? CustomerIoLimits.EuHost : CustomerIoLimits.UsHost);
        var events = section.Truth("events");
        var attributes = section.Truth("attributes");
        var metrics = section.Truth("step_metrics");
        var rate = section.Within("requests_per_second", CustomerIoLimits.DefaultRequestsPerSecond, CustomerIoLimits.MaxRequestsPerSecond);
        var timeout = section.CallTimeoutOr(CustomerIoLimits.CallTimeout);
        return Known.Parsed(
            section,
            [
                region.Error,
                siteId.Error,
                apiKey.Error,
                baseUrl.Error,
                events.Error,
                attributes.Error,
                metrics.Error,
                rate.Error,
                timeout.Error,
            ],
            () =>
                new CustomerIoSettings
                {
                    BaseUrl = baseUrl.Value,
                    Region = region.Value!,
                    SiteId = siteId.Value!,
                    ApiKey = apiKey.Value!,
                    Events = events.Value ?? true,
                    Attributes = attributes.Value ?? true,
                    StepMetrics = metrics.Value ?? false,
                    RequestsPerSecond = rate.Value,
                    CallTimeout = timeout.Value,
                }
        );
    }

    private static Setting<Secret?> Credential(DestinationSection section, string name) =>
        section
            .Secret(name)
            .Must(given => given is not null, $"missing_{name}", $"{name} is required: {{ file: NAME }} or {{ env: NAME }}.");
}

using AudienceSync.Sandbox.Admin;
using AudienceSync.Sandbox.Alerting;
using AudienceSync.Sandbox.CustomerIo;
using AudienceSync.Sandbox.Faults;
using AudienceSync.Sandbox.Google;
using AudienceSync.Sandbox.Lists;
using AudienceSync.Sandbox.Meta;
using AudienceSync.Sandbox.TikTok;
using AudienceSync.Sandbox.Webhook;

namespace AudienceSync.Sandbox;

/// <summary>Components shared by all simulated platforms.</summary>
internal sealed record PlatformParts(ListRegistry Lists, FaultPlan Faults, CallLog Calls, TimeProvider Clock);

/// <param name="Name">In the configuration, the admin API and the lists.</param>
/// <param name="Validate">Returns a validation error of an account's settings without secrets, or null when they are valid.</param>
/// <param name="Faults">The faults that the platform supports.</param>
/// <param name="Open">Creates the platform and maps its paths.</param>
internal sealed record PlatformRow(
    string Name,
    Func<AccountSettings, string?> Validate,
    FaultScope Faults,
    Func<WebApplication, PlatformParts, IPlatform> Open
);

/// <summary>The simulated platforms. A new one needs one row here and one folder.</summary>
internal static class Platforms
{
    public static readonly IReadOnlyList<PlatformRow> All =
    [
        new(MetaPlatform.PlatformName, MetaAccount.Validate, MetaFaults.Scope, MetaApi.Open),
        new(GooglePlatform.PlatformName, GoogleAccount.Validate, GoogleFaults.Scope, GoogleApi.Open),
        new(TikTokPlatform.PlatformName, TikTokAccount.Validate, TikTokFaults.Scope, TikTokApi.Open),
        new(WebhookPlatform.PlatformName, WebhookAccount.Validate, WebhookApi.Scope, WebhookApi.Open),
        new(CustomerIoPlatform.PlatformName, CustomerIoAccount.Validate, CustomerIoFaults.Scope, CustomerIoApi.Open),
        new(SlackApi.PlatformName, AlertingPlatform<SlackMessages>.Validate, AlertingFaults.Scope, SlackApi.Open),
        new(PagerDutyApi.PlatformName, AlertingPlatform<PagerDutyIncidents>.Validate, AlertingFaults.Scope, PagerDutyApi.Open),
    ];

    /// <summary>The names in the format of an enumeration in a sentence.</summary>
    public static string Names { get; } = $"{string.Join(", ", All.SkipLast(1).Select(row => row.Name))} or {All[^1].Name}";

    public static PlatformRow? Find(string name) => All.FirstOrDefault(row => row.Name == name);
}

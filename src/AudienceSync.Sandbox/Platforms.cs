using AudienceSync.Sandbox.Admin;
using AudienceSync.Sandbox.Faults;
using AudienceSync.Sandbox.Google;
using AudienceSync.Sandbox.Lists;
using AudienceSync.Sandbox.Meta;
using AudienceSync.Sandbox.TikTok;
using AudienceSync.Sandbox.Webhook;

namespace AudienceSync.Sandbox;

/// <summary>What every imitated platform shares with the others.</summary>
internal sealed record PlatformParts(ListRegistry Lists, FaultPlan Faults, CallLog Calls, TimeProvider Clock);

/// <param name="Name">In the configuration, the admin API and the lists.</param>
/// <param name="Complaint">What is wrong with the settings of an account, in words without secrets; null when nothing is.</param>
/// <param name="Faults">Which misbehaviour means something there.</param>
/// <param name="Open">Makes it and maps its paths.</param>
internal sealed record PlatformRow(
    string Name, Func<AccountSettings, string?> Complaint, FaultScope Faults, Func<WebApplication, PlatformParts, IPlatform> Open);

/// <summary>The imitated platforms. A new one is one row here and one folder.</summary>
internal static class Platforms
{
    public static readonly IReadOnlyList<PlatformRow> All =
    [
        new(MetaPlatform.PlatformName, MetaAccount.Complaint, MetaFaults.Scope, MetaApi.Open),
        new(GooglePlatform.PlatformName, GoogleAccount.Complaint, GoogleFaults.Scope, GoogleApi.Open),
        new(TikTokPlatform.PlatformName, TikTokAccount.Complaint, TikTokFaults.Scope, TikTokApi.Open),
        new(WebhookPlatform.PlatformName, WebhookAccount.Complaint, WebhookApi.Scope, WebhookApi.Open),
    ];

    /// <summary>The names as a sentence lists them.</summary>
    public static string Names { get; } = $"{string.Join(", ", All.SkipLast(1).Select(row => row.Name))} or {All[^1].Name}";

    public static PlatformRow? Find(string name) => All.FirstOrDefault(row => row.Name == name);
}

using System.Text.RegularExpressions;
using AudienceSync.Connectors.Http;

namespace AudienceSync.Connectors.Webhook;

/// <summary>One receiver, validated.</summary>
public sealed partial record WebhookSettings
{
    /// <summary>The name that identifies us to the receiver; sent in every body.</summary>
    public required string Account { get; init; }

    /// <summary>Where every call goes, as configured: nothing is added to it.</summary>
    public required Uri Url { get; init; }

    /// <summary>Signs each attempt.</summary>
    public required Secret Key { get; init; }

    public required int MembersPerCall { get; init; }

    public TimeSpan CallTimeout { get; init; } = WebhookLimits.CallTimeout;

    /// <exception cref="DestinationSettingsException">A setting cannot be used.</exception>
    public static WebhookSettings From(DestinationSettings settings)
    {
        ArgumentNullException.ThrowIfNull(settings);
        settings.AllowOnly("webhook", "app_secret", "members_per_call");
        var members = settings.MembersPerCall ?? WebhookLimits.DefaultMembersPerCall;
        Require(
            IsName(settings.Account), "invalid_account", "account must be 1 to 100 letters, digits, dots, colons, hyphens or underscores.");
        Require(settings.BaseUrl is not null, "missing_base_url", "base_url is required: the address that receives the calls.");
        Require(
            settings.AppSecret?.Reveal().Length >= WebhookLimits.LeastKeyChars,
            "missing_app_secret",
            $"app_secret is required: {{ file: NAME }} or {{ env: NAME }}, of at least {WebhookLimits.LeastKeyChars} characters. "
            + "It signs each call.");
        Require(
            members is > 0 and <= WebhookLimits.MaxMembersPerCall, "invalid_members_per_call",
            $"members_per_call must be 1 to {WebhookLimits.MaxMembersPerCall}.");
        return new WebhookSettings
        {
            CallTimeout = settings.CallTimeoutOr(WebhookLimits.CallTimeout),
            Account = settings.Account,
            Url = BaseAddress.Plain(settings.BaseUrl!, "base_url"),
            Key = settings.AppSecret!,
            MembersPerCall = members,
        };
    }

    /// <summary>A form that needs no escaping in JSON and has no special meaning in a shell or a log.</summary>
    internal static bool IsName(string? text) => text is not null && NameForm().IsMatch(text);

    private static void Require(bool holds, string code, string message)
    {
        if (!holds)
        {
            throw new DestinationSettingsException(code, message);
        }
    }

    [GeneratedRegex(@"^[A-Za-z0-9_.:-]{1,100}\z", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 100)]
    private static partial Regex NameForm();
}

using System.Text.RegularExpressions;
using AudienceSync.Connectors.Sections;
using AudienceSync.Connectors.Webhook.Templates;

namespace AudienceSync.Connectors.Webhook;

/// <summary>One receiver, validated.</summary>
public sealed partial record WebhookSettings
{
    public static PlatformSettings Known { get; } = new("webhook", "app_secret", "members_per_call", "calls_per_minute", "templates");

    /// <summary>The name that identifies us to the receiver; sent in every body.</summary>
    public required string Account { get; init; }

    /// <summary>Where every call goes, as configured: nothing is added to it, except the path of a template.</summary>
    public required Uri Url { get; init; }

    /// <summary>Signs each attempt; null when calls are not signed, which only templates allow.</summary>
    public required Secret? Key { get; init; }

    public required int MembersPerCall { get; init; }

    /// <summary>Calls with members in any minute; null when only responses show the limit.</summary>
    public int? CallsPerMinute { get; init; }

    /// <summary>How calls look, when not as in docs/webhook.md.</summary>
    internal CallTemplates? Templates { get; init; }

    public TimeSpan CallTimeout { get; init; } = WebhookLimits.CallTimeout;

    public static ParsedSettings<WebhookSettings> Parse(DestinationSection section)
    {
        ArgumentNullException.ThrowIfNull(section);
        var account = section
            .Account()
            .Must(IsName, "invalid_account", "account must be 1 to 100 letters, digits, dots, colons, hyphens or underscores.");
        var url = section
            .Address(SectionReading.BaseUrl)
            .Must(given => given is not null, "missing_base_url", "base_url is required: the address that receives the calls.");
        var templates = TemplateReading.Read(section);
        var hasTemplates = section.Settings.ContainsKey("templates");
        var key = section
            .Secret("app_secret")
            .Must(
                given => given is null ? hasTemplates : given.Reveal().Length >= WebhookLimits.LeastKeyChars,
                "missing_app_secret",
                $"app_secret is required: {{ file: NAME }} or {{ env: NAME }}, of at least {WebhookLimits.LeastKeyChars} characters. "
                    + "It signs each call."
            );
        var isSingle = templates.Value?.IsSingle == true;
        var members = section.Within(
            "members_per_call",
            isSingle ? 1 : WebhookLimits.DefaultMembersPerCall,
            isSingle ? 1 : WebhookLimits.MaxMembersPerCall
        );
        var calls = section
            .Number("calls_per_minute")
            .Must(
                given => given is null or (>= 1 and <= WebhookLimits.MaxCallsPerMinute),
                "invalid_calls_per_minute",
                $"calls_per_minute must be 1 to {WebhookLimits.MaxCallsPerMinute}."
            );
        var timeout = section.CallTimeoutOr(WebhookLimits.CallTimeout);
        return Known.Parsed(
            section,
            [account.Error, url.Error, key.Error, templates.Error, members.Error, calls.Error, timeout.Error],
            () =>
                new WebhookSettings
                {
                    CallTimeout = timeout.Value,
                    Account = account.Value,
                    Url = url.Value!,
                    Key = key.Value,
                    MembersPerCall = members.Value,
                    CallsPerMinute = calls.Value,
                    Templates = templates.Value,
                }
        );
    }

    /// <summary>A form that needs no escaping in JSON and has no special meaning in a shell or a log.</summary>
    internal static bool IsName(string? text) => text is not null && NameForm().IsMatch(text);

    [GeneratedRegex(@"^[A-Za-z0-9_.:-]{1,100}\z", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 100)]
    private static partial Regex NameForm();
}

using System.Text.Json;
using AudienceSync.Domain.Events;

namespace AudienceSync.Host.Ingest.Reading;

/// <summary>
/// Reads <c>consent: {ad_user_data, ad_personalization}</c>: granted or denied, in any case, or true or false. Any other value counts as
/// not given for that purpose, with a warning: never as granted, and the person's previous answer still applies.
/// </summary>
internal static class ConsentField
{
    public static Consent Read(JsonElement item, ref WarningList warnings)
    {
        if (!item.TryGetProperty("consent"u8, out var value) || value.ValueKind == JsonValueKind.Null)
        {
            return default;
        }

        if (value.ValueKind != JsonValueKind.Object)
        {
            warnings.Add(IngestProblem.InvalidConsent, "consent");
            return default;
        }

        return new Consent(
            Purpose(value, "ad_user_data"u8, "consent.ad_user_data", ref warnings),
            Purpose(value, "ad_personalization"u8, "consent.ad_personalization", ref warnings)
        );
    }

    /// <summary>Whether any purpose is denied, however much of the rest is unreadable.</summary>
    public static bool IsWithdrawal(Consent consent) =>
        consent.AdUserData == ConsentAnswer.Denied || consent.AdPersonalization == ConsentAnswer.Denied;

    private static ConsentAnswer Purpose(JsonElement consent, ReadOnlySpan<byte> purpose, string path, ref WarningList warnings)
    {
        if (!consent.TryGetProperty(purpose, out var value) || value.ValueKind == JsonValueKind.Null)
        {
            return ConsentAnswer.Unspecified;
        }

        var answer = value.ValueKind switch
        {
            JsonValueKind.True => ConsentAnswer.Granted,
            JsonValueKind.False => ConsentAnswer.Denied,
            JsonValueKind.String when TextField.TryText(value, out var text) => Answer(text.Trim()),
            _ => ConsentAnswer.Unspecified,
        };
        if (answer == ConsentAnswer.Unspecified)
        {
            warnings.Add(IngestProblem.InvalidConsent, path);
        }

        return answer;
    }

    // The strings "true" and "false" are what a template renders for a Boolean between quotes.
    private static ConsentAnswer Answer(string text) =>
        Is(text, "granted") || Is(text, "true") ? ConsentAnswer.Granted
        : Is(text, "denied") || Is(text, "false") ? ConsentAnswer.Denied
        : ConsentAnswer.Unspecified;

    private static bool Is(string text, string expected) => string.Equals(text, expected, StringComparison.OrdinalIgnoreCase);
}

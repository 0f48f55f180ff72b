using System.Text.Json;
using AudienceSync.Domain.Events;

namespace AudienceSync.Host.Ingest;

/// <summary>Reads <c>consent: {ad_user_data, ad_personalization}</c>: granted or denied, in any case, or true or false.</summary>
internal static class ConsentField
{
    public static IngestProblem? TryRead(JsonElement item, out Consent consent)
    {
        consent = default;
        if (!item.TryGetProperty("consent"u8, out var value) || value.ValueKind == JsonValueKind.Null)
        {
            return null;
        }

        if (value.ValueKind != JsonValueKind.Object
            || !TryAnswer(value, "ad_user_data"u8, out var userData)
            || !TryAnswer(value, "ad_personalization"u8, out var personalization))
        {
            return IngestProblem.InvalidConsent;
        }

        consent = new Consent(userData, personalization);
        return null;
    }

    private static bool TryAnswer(JsonElement consent, ReadOnlySpan<byte> purpose, out ConsentAnswer answer)
    {
        answer = ConsentAnswer.Unsaid;
        if (!consent.TryGetProperty(purpose, out var value) || value.ValueKind == JsonValueKind.Null)
        {
            return true;
        }

        answer = value.ValueKind switch
        {
            JsonValueKind.True => ConsentAnswer.Granted,
            JsonValueKind.False => ConsentAnswer.Denied,
            JsonValueKind.String when string.Equals(value.GetString(), "granted", StringComparison.OrdinalIgnoreCase) => ConsentAnswer.Granted,
            JsonValueKind.String when string.Equals(value.GetString(), "denied", StringComparison.OrdinalIgnoreCase) => ConsentAnswer.Denied,
            _ => ConsentAnswer.Unsaid,
        };
        return answer != ConsentAnswer.Unsaid;
    }
}

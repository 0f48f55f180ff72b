using System.Diagnostics.CodeAnalysis;

namespace AudienceSync.Domain.Audiences;

/// <summary>How policies and match keys are spelt in events, configuration, API and CLI.</summary>
public static class AudienceLabels
{
    private static readonly (MatchKeys Key, string Word)[] Keys =
    [
        (MatchKeys.Email, "email"), (MatchKeys.Phone, "phone"), (MatchKeys.CustomerId, "customer_id"), (MatchKeys.DeviceId, "device_id"),
        (MatchKeys.Details, "details"),
    ];

    public static string Of(ConsentPolicy policy) => policy == ConsentPolicy.Required ? "required" : "assumed";

    public static bool TryPolicy([NotNullWhen(true)] string? word, out ConsentPolicy policy)
    {
        policy = word == "required" ? ConsentPolicy.Required : ConsentPolicy.Assumed;
        return word is "required" or "assumed";
    }

    public static string Of(LateEvents late) => late == LateEvents.Quarantine ? "quarantine" : "keep";

    public static bool TryLateEvents([NotNullWhen(true)] string? word, out LateEvents late)
    {
        late = word == "quarantine" ? LateEvents.Quarantine : LateEvents.Keep;
        return word is "keep" or "quarantine";
    }

    /// <summary>In a fixed order, so that the same set is the same text.</summary>
    public static IReadOnlyList<string> Of(MatchKeys keys) => [.. Keys.Where(pair => keys.HasFlag(pair.Key)).Select(pair => pair.Word)];

    /// <summary>False when a word is unknown or none is given.</summary>
    public static bool TryMatchKeys(IEnumerable<string> words, out MatchKeys keys)
    {
        keys = MatchKeys.None;
        foreach (var word in words)
        {
            var (key, known) = Array.Find(Keys, pair => pair.Word == word);
            if (known is null)
            {
                return false;
            }

            keys |= key;
        }

        return keys != MatchKeys.None;
    }
}

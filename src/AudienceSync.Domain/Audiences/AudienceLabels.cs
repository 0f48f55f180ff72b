using System.Diagnostics.CodeAnalysis;

namespace AudienceSync.Domain.Audiences;

/// <summary>The labels of policies and match keys in events, configuration, API and CLI.</summary>
public static class AudienceLabels
{
    private static readonly (MatchKeys Key, string Label)[] Keys =
    [
        (MatchKeys.Email, "email"),
        (MatchKeys.Phone, "phone"),
        (MatchKeys.CustomerId, "customer_id"),
        (MatchKeys.DeviceId, "device_id"),
        (MatchKeys.Details, "details"),
    ];

    public static string Of(ConsentPolicy policy) => policy == ConsentPolicy.Required ? "required" : "assumed";

    public static bool TryPolicy([NotNullWhen(true)] string? label, out ConsentPolicy policy)
    {
        policy = label == "required" ? ConsentPolicy.Required : ConsentPolicy.Assumed;
        return label is "required" or "assumed";
    }

    public static string Of(LateEvents late) => late == LateEvents.Quarantine ? "quarantine" : "keep";

    public static bool TryLateEvents([NotNullWhen(true)] string? label, out LateEvents late)
    {
        late = label == "quarantine" ? LateEvents.Quarantine : LateEvents.Keep;
        return label is "keep" or "quarantine";
    }

    /// <summary>In a fixed order, so that the same set is the same text.</summary>
    public static IReadOnlyList<string> Of(MatchKeys keys) => [.. Keys.Where(pair => keys.HasFlag(pair.Key)).Select(pair => pair.Label)];

    /// <summary>False when a label is unknown or none is given.</summary>
    public static bool TryMatchKeys(IEnumerable<string> labels, out MatchKeys keys)
    {
        keys = MatchKeys.None;
        foreach (var label in labels)
        {
            var (key, known) = Array.Find(Keys, pair => pair.Label == label);
            if (known is null)
            {
                return false;
            }

            keys |= key;
        }

        return keys != MatchKeys.None;
    }
}

using System.Text.Json;
using AudienceSync.Domain.Audiences;
using AudienceSync.Domain.Identity;

namespace AudienceSync.Domain.Events;

/// <summary>The reading half of <see cref="EventJson"/>.</summary>
internal static class EventJsonReader
{
    public static IStoredEvent Read(string alias, JsonElement data) =>
        alias switch
        {
            EventTypes.MemberAdded => new AudienceMemberAdded(
                Key(data),
                At(data),
                Text(data, "source") ?? "",
                ConsentOf(data),
                ContextOf(data)
            ),
            EventTypes.MemberRemoved => new AudienceMemberRemoved(
                Key(data),
                At(data),
                Text(data, "source") ?? "",
                ConsentOf(data),
                ContextOf(data)
            ),
            EventTypes.ExposureRecorded => new AudienceExposureRecorded(
                Key(data),
                At(data),
                Text(data, "source") ?? "",
                ConsentOf(data),
                ContextOf(data)
            ),
            EventTypes.IdentifiersChanged => new PersonIdentifiersChanged(data.GetProperty("revision").GetInt32()),
            EventTypes.Linked => new PersonLinked(new PersonId(data.GetProperty("owner").GetGuid())),
            EventTypes.ConsentChanged => new PersonConsentChanged(At(data), Text(data, "source") ?? "", ConsentOf(data)),
            EventTypes.Suppressed => new PersonSuppressed(
                At(data),
                Text(data, "source") ?? "",
                Text(data, "destination"),
                Text(data, "reason")
            ),
            EventTypes.SuppressionLifted => new PersonSuppressionLifted(
                At(data),
                Text(data, "source") ?? "",
                Text(data, "destination"),
                Text(data, "reason")
            ),
            EventTypes.ErasureRequested => new PersonErasureRequested(At(data), data.GetProperty("erasure").GetGuid()),
            EventTypes.Erased => new PersonErased(At(data), data.GetProperty("erasure").GetGuid()),
            EventTypes.OutcomeRecorded => OutcomeJson.Read(data),
            _ => RegistryJson.Read(alias, data) ?? throw new NotSupportedException($"No event type has the alias '{alias}'."),
        };

    private static AudienceKey Key(JsonElement data) =>
        AudienceKey.TryParse(data.GetProperty("audienceKey").GetString(), out var key)
            ? key
            : throw new FormatException("A stored event has no valid audience key.");

    private static DateTimeOffset At(JsonElement data) => data.GetProperty("occurredAt").GetDateTimeOffset();

    private static string? Text(JsonElement data, string name) => data.TryGetProperty(name, out var value) ? value.GetString() : null;

    public static Consent ReadConsent(JsonElement stored) =>
        stored.ValueKind == JsonValueKind.Null ? default : new Consent(Answer(stored, "adUserData"), Answer(stored, "adPersonalization"));

    private static Consent ConsentOf(JsonElement data) => Has(data, "consent", out var stored) ? ReadConsent(stored) : default;

    private static ConsentAnswer Answer(JsonElement consent, string name) =>
        Text(consent, name) switch
        {
            "granted" => ConsentAnswer.Granted,
            "denied" => ConsentAnswer.Denied,
            _ => ConsentAnswer.Unspecified,
        };

    private static JourneyContext? ContextOf(JsonElement data) =>
        Has(data, "context", out var context)
            ? new JourneyContext(Text(context, "journey"), Text(context, "step"), Text(context, "variant"), Text(context, "message"))
            : null;

    // Marten's serializer writes a null where we omit the property; both mean that no value was sent.
    private static bool Has(JsonElement data, string name, out JsonElement value) =>
        data.TryGetProperty(name, out value) && value.ValueKind != JsonValueKind.Null;
}

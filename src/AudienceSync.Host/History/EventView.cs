using System.Text.Json.Serialization;
using AudienceSync.Domain.Events;

namespace AudienceSync.Host.History;

/// <summary>An event for display: a short summary, its two times, and its journey context.</summary>
/// <param name="Position">Its position in the log.</param>
/// <param name="Anchor">The anchor whose stream contains it.</param>
/// <param name="Summary">A short description.</param>
/// <param name="OccurredAt">The sender's time; null where an event has none.</param>
/// <param name="RecordedAt">When it was committed.</param>
public sealed record EventView(
    long Position,
    Guid Id,
    Guid Anchor,
    string Type,
    string Summary,
    string? AudienceKey,
    DateTimeOffset? OccurredAt,
    DateTimeOffset RecordedAt,
    string? Source,
    string? Journey,
    string? Step,
    string? Variant,
    string? Message
)
{
    /// <summary>The journey context in one line; null when the event has none.</summary>
    [JsonIgnore]
    public string? Place =>
        new[] { Journey, Step, Variant, Message }.OfType<string>().ToArray() is { Length: > 0 } parts ? string.Join(" / ", parts) : null;

    public static EventView Of(TrailEvent logged)
    {
        var stored = EventJson.Read(logged.Type, logged.Data);
        var view = new EventView(
            logged.Position.Value,
            logged.Id,
            logged.Anchor.Value,
            logged.Type,
            Describe(stored),
            null,
            null,
            logged.RecordedAt,
            null,
            null,
            null,
            null,
            null
        );
        return stored switch
        {
            IAudienceEvent audienceEvent => view with
            {
                AudienceKey = audienceEvent.AudienceKey.Value,
                OccurredAt = audienceEvent.OccurredAt,
                Source = audienceEvent.Source,
                Journey = audienceEvent.Context?.Journey,
                Step = audienceEvent.Context?.Step,
                Variant = audienceEvent.Context?.Variant,
                Message = audienceEvent.Context?.Message,
            },
            PersonConsentChanged changed => view with { OccurredAt = changed.OccurredAt, Source = changed.Source },
            PersonSuppressed suppressed => view with { OccurredAt = suppressed.OccurredAt, Source = suppressed.Source },
            PersonSuppressionLifted lifted => view with { OccurredAt = lifted.OccurredAt, Source = lifted.Source },
            PersonErasureRequested requested => view with { OccurredAt = requested.OccurredAt },
            MessageOutcomeRecorded outcome => view with { OccurredAt = outcome.OccurredAt, Source = outcome.Source },
            PersonErased erased => view with { OccurredAt = erased.OccurredAt },
            _ => view,
        };
    }

    private static string Describe(IStoredEvent stored) =>
        stored switch
        {
            AudienceMemberAdded added => $"add{Describe(added.Consent)}",
            AudienceMemberRemoved removed => $"remove{Describe(removed.Consent)}",
            AudienceExposureRecorded exposed => $"exposure{Describe(exposed.Consent)}",
            PersonConsentChanged changed => $"consent{Describe(changed.Consent)}",
            PersonSuppressed suppressed => $"suppressed {suppressed.Destination ?? "everywhere"}{Because(suppressed.Reason)}",
            PersonSuppressionLifted lifted => $"suppression lifted {lifted.Destination ?? "everywhere"}{Because(lifted.Reason)}",
            PersonLinked linked => $"linked to {linked.Owner}",
            PersonIdentifiersChanged changed => $"identifiers revision {changed.Revision}",
            PersonErasureRequested => "erasure requested",
            PersonErased => "erased",
            MessageOutcomeRecorded outcome => Describe(outcome),
            _ => "",
        };

    private static string Because(string? reason) => reason is null ? "" : $": {reason}";

    private static string Describe(MessageOutcomeRecorded outcome) =>
        $"{outcome.Channel} {outcome.Metric}"
        + (outcome.Failure == DeliveryFailure.None ? "" : $", {outcome.Failure.ToString().ToLowerInvariant()}")
        + (outcome.Machine ? ", by a machine" : "");

    private static string Describe(Consent consent) =>
        (consent.AdUserData == ConsentAnswer.Unspecified ? "" : $", ad_user_data {Word(consent.AdUserData)}")
        + (consent.AdPersonalization == ConsentAnswer.Unspecified ? "" : $", ad_personalization {Word(consent.AdPersonalization)}");

    private static string Word(ConsentAnswer answer) => answer == ConsentAnswer.Granted ? "granted" : "denied";
}

using AudienceSync.Domain.Events;

namespace AudienceSync.Domain.Decisions;

/// <summary>Why a person is suppressed everywhere: the reason of the suppression that holds.</summary>
public static class SuppressionReason
{
    /// <summary>The reason of everyone who is being erased or was.</summary>
    public const string Erasure = "erasure";

    /// <summary>The reason of the latest suppression by the sender's time; of two at one time, that of the later event.</summary>
    /// <param name="events">Events of all anchors of the person, in any order; others than suppressions do not count.</param>
    /// <returns>Null when it has none.</returns>
    public static string? Of(IEnumerable<LogEvent> events)
    {
        (DateTimeOffset At, long Position, string? Reason)? latest = null;
        foreach (var logged in events)
        {
            if (
                logged.Type == EventTypes.Suppressed
                && (PersonSuppressed)EventJson.Read(logged.Type, logged.Data) is { Destination: null } one
            )
            {
                var place = (one.OccurredAt, logged.Position.Value);
                latest =
                    latest is null || place.CompareTo((latest.Value.At, latest.Value.Position)) > 0
                        ? (one.OccurredAt, logged.Position.Value, one.Reason)
                        : latest;
            }
        }

        return latest?.Reason;
    }
}

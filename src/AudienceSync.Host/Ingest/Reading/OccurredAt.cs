using System.Text.Json;
using AudienceSync.Domain;
using AudienceSync.Host.Ingest.Quarantine;

namespace AudienceSync.Host.Ingest.Reading;

/// <summary>
/// Reads <c>occurred_at</c> and decides which time is effective: the sender's up to <see cref="Limits.ClockSkew"/> ahead of receipt, the
/// time of receipt beyond that, because otherwise a clock that runs ahead would take precedence over the true removal for that long. Beyond
/// <see cref="Limits.Ahead"/> an add is held.
/// </summary>
public static class OccurredAt
{
    private const string Field = "occurred_at";

    /// <param name="item">The event.</param>
    /// <param name="receivedAt">When it was received.</param>
    /// <param name="isNeeded">Whether there is no id, so that a retry of an add without a time would count twice.</param>
    /// <param name="isRemoval">Whether any fault of the time is only a warning, and the time of receipt is effective.</param>
    /// <param name="warnings">Receives the warnings.</param>
    /// <param name="time">The time that was read.</param>
    public static IngestProblem? TryReadField(
        JsonElement item,
        DateTimeOffset receivedAt,
        bool isNeeded,
        bool isRemoval,
        ref WarningList warnings,
        out EventTime time
    )
    {
        time = new EventTime(Stored(receivedAt), null, false);
        var problem =
            !item.TryGetProperty("occurred_at"u8, out var value) || value.ValueKind == JsonValueKind.Null
                ? (isNeeded ? IngestProblem.MissingKeyAndTime : null)
                : TryRead(value, out var written, ref time, receivedAt);
        if (problem is null)
        {
            Warn(ref time, receivedAt, isRemoval, ref warnings);
            return null;
        }

        if (isRemoval)
        {
            warnings.Add(problem, problem == IngestProblem.MissingKeyAndTime ? "event_id" : Field);
            return null;
        }

        return problem;
    }

    /// <summary>Truncated to the microsecond, which is the precision of the store: two times that differ by less are the same.</summary>
    public static DateTimeOffset Stored(DateTimeOffset at) =>
        new(at.UtcTicks - (at.UtcTicks % TimeSpan.TicksPerMicrosecond), TimeSpan.Zero);

    /// <summary>A time as it is stored.</summary>
    public static bool TryRead(JsonElement value, out DateTimeOffset at)
    {
        at = default;
        var read = value.ValueKind switch
        {
            JsonValueKind.Number => TimeText.TryNumber(value.GetRawText(), out at),
            JsonValueKind.String => TextField.TryText(value, out var text) && TimeText.TryRead(text, out at),
            _ => false,
        };
        at = Stored(at);
        return read;
    }

    private static IngestProblem? TryRead(JsonElement value, out DateTimeOffset written, ref EventTime time, DateTimeOffset receivedAt)
    {
        if (!TryRead(value, out written))
        {
            return value.ValueKind == JsonValueKind.String && !TextField.TryText(value, out _)
                ? IngestProblem.InvalidText
                : IngestProblem.InvalidOccurredAt;
        }

        time = new EventTime(written - receivedAt > Limits.ClockSkew ? time.At : written, written, written - receivedAt > Limits.Ahead);
        return null;
    }

    private static void Warn(ref EventTime time, DateTimeOffset receivedAt, bool isRemoval, ref WarningList warnings)
    {
        if (time.TooFarAhead && isRemoval)
        {
            warnings.Add(QuarantineReason.OccurredInFuture, Field);
            time = time with { TooFarAhead = false };
        }
        else if (time.Written - receivedAt > Limits.ClockSkew)
        {
            warnings.Add(WarningCodes.ClockAhead, Field);
        }
    }
}

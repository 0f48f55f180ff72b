using System.Globalization;
using System.Text.Json;

namespace AudienceSync.Host.Ingest;

/// <summary>Reads the sender's time: ISO 8601 (UTC when it names no zone), or unix seconds as a number or as digits in a text.</summary>
public static class OccurredAt
{
    private static readonly string[] WithoutZone =
    [
        "yyyy-MM-dd'T'HH:mm:ss.FFFFFFF", "yyyy-MM-dd HH:mm:ss.FFFFFFF", "yyyy-MM-dd'T'HH:mm", "yyyy-MM-dd HH:mm:ss.FFFFFFFK", "yyyy-MM-dd'T'HH:mm:ss.FFFFFFFK",
    ];

    /// <summary>Reads the field of an event. Without it the time of arrival is the best guess, and a retry of the same id keeps the first one.</summary>
    public static IngestProblem? TryReadField(JsonElement item, DateTimeOffset receivedAt, bool hasId, out DateTimeOffset occurredAt)
    {
        if (!item.TryGetProperty("occurred_at"u8, out var value) || value.ValueKind == JsonValueKind.Null)
        {
            occurredAt = Stored(receivedAt);
            return hasId ? null : IngestProblem.MissingKeyAndTime;
        }

        return TryRead(value, out occurredAt) ? null : IngestProblem.InvalidOccurredAt;
    }

    /// <summary>To the microsecond, which is what the store keeps: two times that differ by less are one.</summary>
    public static DateTimeOffset Stored(DateTimeOffset at) => new(at.UtcTicks - (at.UtcTicks % TimeSpan.TicksPerMicrosecond), TimeSpan.Zero);

    /// <summary>A time as it is stored; not before 1970.</summary>
    public static bool TryRead(JsonElement value, out DateTimeOffset at)
    {
        at = default;
        var read = value.ValueKind switch
        {
            JsonValueKind.Number => value.TryGetDouble(out var seconds) && TrySeconds(seconds, out at),
            JsonValueKind.String => TryText(value, out at),
            _ => false,
        };
        at = Stored(at);
        return read && at >= DateTimeOffset.UnixEpoch;
    }

    private static bool TryText(JsonElement value, out DateTimeOffset at)
    {
        if (value.TryGetDateTimeOffset(out at) && EndsWithZone(value))
        {
            return true;
        }

        var text = value.GetString()!;
        if (text.Length is > 0 and <= 20 && double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var seconds))
        {
            return TrySeconds(seconds, out at);
        }

        return text.Length <= 40 && DateTimeOffset.TryParseExact(
            text, WithoutZone, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out at);
    }

    private static bool EndsWithZone(JsonElement value)
    {
        var text = value.GetString()!;
        return text.Length > 19 && text.AsSpan(19).IndexOfAny('Z', '+', '-') >= 0;
    }

    private static bool TrySeconds(double seconds, out DateTimeOffset at)
    {
        at = default;
        if (!(seconds >= 0) || seconds > 253_402_300_799)
        {
            return false;
        }

        at = DateTimeOffset.UnixEpoch.AddTicks((long)Math.Round(seconds * 1_000_000) * TimeSpan.TicksPerMicrosecond);
        return true;
    }
}

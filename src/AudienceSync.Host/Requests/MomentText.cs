using System.Globalization;
using AudienceSync.Domain.History;

namespace AudienceSync.Host.Requests;

/// <summary>Parses times and their modes.</summary>
internal static class MomentText
{
    private static readonly string[] Formats =
    [
        "yyyy-MM-dd'T'HH:mm:ss.FFFFFFFK",
        "yyyy-MM-dd'T'HH:mmK",
        "yyyy-MM-dd HH:mm:ss.FFFFFFFK",
        "yyyy-MM-dd HH:mmK",
        "yyyy-MM-dd",
    ];

    /// <summary>
    /// ISO 8601; without an offset it is UTC, without a time the start of the day. Other formats are refused, because a guess could be a
    /// different time.
    /// </summary>
    public static bool TryRead(string? text, out DateTimeOffset at) =>
        DateTimeOffset.TryParseExact(
            text,
            Formats,
            CultureInfo.InvariantCulture,
            DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal,
            out at
        );

    /// <summary><c>happened</c>, the default, or <c>known</c>.</summary>
    public static bool TryMode(string? text, out AsOfMeaning mode)
    {
        mode = text == "known" ? AsOfMeaning.Known : AsOfMeaning.Happened;
        return text is null or "happened" or "known";
    }
}

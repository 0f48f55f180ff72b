using System.Globalization;
using AudienceSync.Domain.History;

namespace AudienceSync.Host.History;

/// <summary>Moments and their meanings as they are written.</summary>
internal static class MomentText
{
    private static readonly string[] Forms = ["yyyy-MM-dd'T'HH:mm:ss.FFFFFFFK", "yyyy-MM-dd'T'HH:mmK", "yyyy-MM-dd HH:mm:ss.FFFFFFFK", "yyyy-MM-dd HH:mmK", "yyyy-MM-dd"];

    /// <summary>ISO 8601; without an offset it is UTC, without a time the day's beginning. Nothing else: a guess would be another moment.</summary>
    public static bool TryRead(string? text, out DateTimeOffset at) =>
        DateTimeOffset.TryParseExact(text, Forms, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out at);

    /// <summary><c>happened</c>, which is meant when nothing is said, or <c>known</c>.</summary>
    public static bool TryMode(string? text, out AsOfMeaning mode)
    {
        mode = text == "known" ? AsOfMeaning.Known : AsOfMeaning.Happened;
        return text is null or "happened" or "known";
    }
}

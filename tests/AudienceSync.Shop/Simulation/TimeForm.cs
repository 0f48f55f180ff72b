using System.Globalization;
using System.Text.Json.Nodes;

namespace AudienceSync.Shop.Simulation;

/// <summary>How a template writes the time of an event.</summary>
internal enum TimeForm
{
    IsoUtc,
    IsoWithOffset,

    /// <summary>A time without a zone is UTC.</summary>
    IsoWithoutZone,
    UnixNumber,
    UnixText,
}

internal static class TimeForms
{
    public static TimeForm Draw(Random random) =>
        random.Next(11) switch
        {
            0 or 1 => TimeForm.UnixNumber,
            2 => TimeForm.UnixText,
            3 => TimeForm.IsoWithOffset,
            4 => TimeForm.IsoWithoutZone,
            _ => TimeForm.IsoUtc,
        };

    /// <summary>Truncates a time to the precision of the form: seconds for unix times, milliseconds otherwise.</summary>
    public static DateTimeOffset Truncate(this TimeForm form, DateTimeOffset at) =>
        form is TimeForm.UnixNumber or TimeForm.UnixText
            ? DateTimeOffset.FromUnixTimeSeconds(at.ToUnixTimeSeconds())
            : DateTimeOffset.FromUnixTimeMilliseconds(at.ToUnixTimeMilliseconds());

    public static JsonNode Write(this TimeForm form, DateTimeOffset at) =>
        form switch
        {
            TimeForm.UnixNumber => JsonValue.Create(at.ToUnixTimeSeconds()),
            TimeForm.UnixText => JsonValue.Create(at.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture)),
            TimeForm.IsoWithOffset => JsonValue.Create(
                at.ToOffset(TimeSpan.FromHours(2)).ToString("yyyy-MM-dd'T'HH:mm:ss.fffzzz", CultureInfo.InvariantCulture)
            ),
            TimeForm.IsoWithoutZone => JsonValue.Create(at.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff", CultureInfo.InvariantCulture)),
            _ => JsonValue.Create(at.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture)),
        };
}

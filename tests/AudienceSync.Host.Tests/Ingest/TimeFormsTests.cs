using System.Globalization;
using System.Text.Json;
using AudienceSync.Host.Ingest.Reading;

namespace AudienceSync.Host.Tests.Ingest;

/// <summary>Generated times: in every format a time is read as the same moment, and digits that are not a time are refused.</summary>
public sealed class TimeFormsTests(Xunit.Abstractions.ITestOutputHelper output)
{
    private const int Rounds = 5_000;
    private const string Changes = " .:-+TZ0919Ax\u00e9\u0660";

    private static readonly DateTimeOffset First = new(2000, 1, 2, 0, 0, 0, TimeSpan.Zero);

    // Not the ten digits of an hour: in this century they are also seconds of Unix time, some years ahead, so an add with them is
    // quarantined.
    private static readonly string[] DigitForms =
    [
        "yyyy",
        "yyyyMM",
        "yyyyMMdd",
        "yyyyMMddHHmm",
        "yyyyMMddHHmmss",
        "yyyyMMddHHmmssfff",
        "ddMMyyyy",
        "HHmm",
    ];

    [Fact]
    public void A_moment_is_the_same_in_every_format()
    {
        var random = Seeded.Random(output);
        for (var round = 0; round < Rounds; round++)
        {
            var (text, expected) = Written(random);
            OccurredAt.TryRead(Json(text), out var at).ShouldBeTrue(text);
            at.ShouldBe(expected, text);
        }
    }

    [Fact]
    public void Digits_of_a_date_are_never_taken_for_unix_time()
    {
        var random = Seeded.Random(output);
        for (var round = 0; round < Rounds; round++)
        {
            var digits = Moment(random).ToString(DigitForms[random.Next(DigitForms.Length)], CultureInfo.InvariantCulture);
            OccurredAt.TryRead(Json($"\"{digits}\""), out _).ShouldBeFalse(digits);
            if (digits[0] != '0')
            {
                OccurredAt.TryRead(Json(digits), out _).ShouldBeFalse(digits);
            }
        }
    }

    [Fact]
    public void A_time_before_the_year_2000_is_invalid_in_every_format()
    {
        var random = Seeded.Random(output);
        for (var round = 0; round < Rounds; round++)
        {
            var moment = First.AddDays(-2 - (random.NextDouble() * 365 * 29));
            foreach (
                var text in new[]
                {
                    $"\"{moment:yyyy-MM-dd'T'HH:mm:ss'Z'}\"",
                    Unix(moment, 1),
                    Unix(moment, 1_000),
                    Unix(moment, 1_000_000),
                }
            )
            {
                OccurredAt.TryRead(Json(text), out _).ShouldBeFalse(text);
            }
        }
    }

    [Fact]
    public void A_time_with_a_character_changed_is_another_time_or_none_and_never_an_error()
    {
        var random = Seeded.Random(output);
        for (var round = 0; round < Rounds; round++)
        {
            var text = Written(random).Text.Trim('"').ToCharArray();
            text[random.Next(text.Length)] = Changes[random.Next(Changes.Length)];
            if (OccurredAt.TryRead(Json(JsonSerializer.Serialize(new string(text))), out var at))
            {
                at.Year.ShouldBeGreaterThanOrEqualTo(2000, new string(text));
            }
        }
    }

    private static (string Text, DateTimeOffset Expected) Written(Random random)
    {
        var moment = Moment(random);
        var second = new DateTimeOffset(moment.UtcTicks - (moment.UtcTicks % TimeSpan.TicksPerSecond), TimeSpan.Zero);
        var minute = second.AddSeconds(-second.Second);
        return random.Next(9) switch
        {
            0 => (Unix(second, 1), second),
            1 => ($"\"{Unix(second, 1)}\"", second),
            2 => (Unix(moment, 1_000), Floor(moment, TimeSpan.TicksPerMillisecond)),
            3 => ($"\"{Unix(moment, 1_000_000)}\"", moment),
            4 => Iso(random, minute, "HH:mm", "HHmm"),
            5 => Iso(random, Floor(moment, TimeSpan.TicksPerMillisecond), "HH:mm:ss.fff", "HHmmss.fff"),
            6 => Iso(random, moment, "HH:mm:ss.ffffff", "HHmmss,ffffff"),
            _ => Iso(random, second, "HH:mm:ss", "HHmmss"),
        };
    }

    private static (string Text, DateTimeOffset Expected) Iso(Random random, DateTimeOffset moment, string extended, string basic)
    {
        var offset = random.Next(2) == 0 ? TimeSpan.Zero : TimeSpan.FromMinutes(15 * random.Next(-48, 57));
        var local = moment.ToOffset(offset);
        var isBasic = random.Next(5) == 0;
        var day = local.ToString(isBasic ? "yyyyMMdd" : "yyyy-MM-dd", CultureInfo.InvariantCulture);
        var time = local.ToString(isBasic ? basic : extended, CultureInfo.InvariantCulture);
        return ($"\"{day}{(random.Next(3) == 0 ? ' ' : 'T')}{time}{Zone(random, offset)}\"", moment);
    }

    private static string Zone(Random random, TimeSpan offset)
    {
        if (offset == TimeSpan.Zero && random.Next(2) == 0)
        {
            string[] zones = ["", "Z", "z", " UTC", "UTC", " utc", " GMT", "+00"];
            return zones[random.Next(zones.Length)];
        }

        var text = offset.ToString("hh\\:mm", CultureInfo.InvariantCulture);
        return (random.Next(4) == 0 ? " " : "")
            + (offset < TimeSpan.Zero ? "-" : "+")
            + (random.Next(2) == 0 ? text : text.Replace(":", "", StringComparison.Ordinal));
    }

    private static string Unix(DateTimeOffset moment, long perSecond) =>
        ((moment - DateTimeOffset.UnixEpoch).Ticks / (TimeSpan.TicksPerSecond / perSecond)).ToString(CultureInfo.InvariantCulture);

    private static DateTimeOffset Moment(Random random) =>
        Floor(First.AddDays(random.NextDouble() * 365 * 99), TimeSpan.TicksPerMicrosecond);

    private static DateTimeOffset Floor(DateTimeOffset moment, long ticks) =>
        new(moment.UtcTicks - (moment.UtcTicks % ticks), TimeSpan.Zero);

    private static JsonElement Json(string text) => JsonSerializer.Deserialize<JsonElement>(text);
}

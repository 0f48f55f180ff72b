using System.Globalization;

namespace AudienceSync.Host.Ingest.Reading;

/// <summary>
/// Parses a time: ISO 8601, extended or basic, with optional seconds and fraction and with <c>Z</c>, an offset, <c>UTC</c>, <c>GMT</c> or
/// nothing for UTC; or unix time. Whether that is in seconds, milliseconds, microseconds or nanoseconds follows from its magnitude, as each
/// unit has a range of 200 years that does not overlap the others. Digits that are not a unix time in any unit, such as a date without
/// hyphens, are not a time, and neither is a date alone.
/// </summary>
internal static class TimeText
{
    private const int MaxTextLength = 64;
    private const int UnixUnits = 4;
    private const int MaxOffset_h = 14;

    // From 2000 to 2200. An earlier value was computed from a missing one, and a later value is not unix time but some other digits.
    private const decimal FirstUnix_s = 946_684_800;
    private const decimal LastUnix_s = 7_258_118_400;

    private static readonly DateTimeOffset First = DateTimeOffset.FromUnixTimeSeconds((long)FirstUnix_s);

    public static bool TryRead(ReadOnlySpan<char> text, out DateTimeOffset at)
    {
        text = text.Trim();
        at = default;
        if (text.Length is 0 or > MaxTextLength)
        {
            return false;
        }

        return text.ContainsAnyExcept("0123456789.")
            ? TryIso(text, out at) && at >= First
            : decimal.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number)
                && TryUnix(number, out at);
    }

    /// <summary>Unix time as it is written in a JSON number.</summary>
    public static bool TryNumber(ReadOnlySpan<char> number, out DateTimeOffset at)
    {
        at = default;
        return number.Length <= MaxTextLength
            && decimal.TryParse(
                number,
                NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent | NumberStyles.AllowLeadingSign,
                CultureInfo.InvariantCulture,
                out var read
            )
            && TryUnix(read, out at);
    }

    private static bool TryUnix(decimal number, out DateTimeOffset at)
    {
        at = default;
        var unitsPerSecond = 1m;
        for (var unit = 0; unit < UnixUnits; unit++, unitsPerSecond *= 1000)
        {
            if (number >= FirstUnix_s * unitsPerSecond && number < LastUnix_s * unitsPerSecond)
            {
                at = DateTimeOffset.UnixEpoch.AddTicks((long)decimal.Round(number / unitsPerSecond * TimeSpan.TicksPerSecond));
                return true;
            }
        }

        return false;
    }

    private static bool TryIso(ReadOnlySpan<char> text, out DateTimeOffset at)
    {
        at = default;
        var isExtended = text.Length > 4 && text[4] == '-';
        return TryDay(ref text, isExtended, out var day)
            && text.Length > 0
            && text[0] is 'T' or 't' or ' '
            && TryTime(ref text, isExtended, out var ticks)
            && TryOffset(text, out var offset)
            && TryMoment(day, ticks - offset.Ticks, out at);
    }

    private static bool TryDay(ref ReadOnlySpan<char> text, bool isExtended, out DateTime day)
    {
        day = default;
        if (
            !TryDigits(ref text, 4, out var year)
            || (isExtended && !TrySkip(ref text, '-'))
            || !TryDigits(ref text, 2, out var month)
            || (isExtended && !TrySkip(ref text, '-'))
            || !TryDigits(ref text, 2, out var dayOfMonth)
            || year == 0
            || month is 0 or > 12
            || dayOfMonth == 0
            || dayOfMonth > DateTime.DaysInMonth(year, month)
        )
        {
            return false;
        }

        day = new DateTime(year, month, dayOfMonth, 0, 0, 0, DateTimeKind.Utc);
        return true;
    }

    private static bool TryTime(ref ReadOnlySpan<char> text, bool isExtended, out long ticks)
    {
        ticks = 0;
        text = text[1..];
        if (
            !TryDigits(ref text, 2, out var hour)
            || (isExtended && !TrySkip(ref text, ':'))
            || !TryDigits(ref text, 2, out var minute)
            || hour > 23
            || minute > 59
        )
        {
            return false;
        }

        var second = 0;
        var hasSeconds = text.Length > 0 && (isExtended ? text[0] == ':' : char.IsAsciiDigit(text[0]));
        if (hasSeconds && ((isExtended && !TrySkip(ref text, ':')) || !TryDigits(ref text, 2, out second) || second > 59))
        {
            return false;
        }

        ticks = (hour * TimeSpan.TicksPerHour) + (minute * TimeSpan.TicksPerMinute) + (second * TimeSpan.TicksPerSecond);
        return !hasSeconds || text.Length == 0 || text[0] is not ('.' or ',') || TryFraction(ref text, ref ticks);
    }

    private static bool TryFraction(ref ReadOnlySpan<char> text, ref long ticks)
    {
        var end = text[1..].IndexOfAnyExceptInRange('0', '9');
        var digits = end < 0 ? text[1..] : text[1..(end + 1)];
        var unit = TimeSpan.TicksPerSecond;
        foreach (var digit in digits)
        {
            unit /= 10;
            ticks += (digit - '0') * unit;
        }

        text = text[(digits.Length + 1)..];
        return digits.Length > 0;
    }

    private static bool TryOffset(ReadOnlySpan<char> text, out TimeSpan offset)
    {
        offset = default;
        text = text.TrimStart();
        if (
            text.Length == 0
            || text is "Z" or "z"
            || text.Equals("UTC", StringComparison.OrdinalIgnoreCase)
            || text.Equals("GMT", StringComparison.OrdinalIgnoreCase)
        )
        {
            return true;
        }

        var isWest = text[0] == '-';
        if (!isWest && text[0] != '+')
        {
            return false;
        }

        text = text[1..];
        var minutes = 0;
        if (
            !TryDigits(ref text, 2, out var hours)
            || (text.Length > 0 && ((text[0] == ':' && !TrySkip(ref text, ':')) || !TryDigits(ref text, 2, out minutes)))
        )
        {
            return false;
        }

        offset = new TimeSpan(hours, minutes, 0) * (isWest ? -1 : 1);
        return text.Length == 0 && minutes < 60 && offset.Duration() <= TimeSpan.FromHours(MaxOffset_h);
    }

    private static bool TryMoment(DateTime day, long ticks, out DateTimeOffset at)
    {
        at = default;
        var all = day.Ticks + ticks;
        if (all < DateTime.MinValue.Ticks || all > DateTime.MaxValue.Ticks)
        {
            return false;
        }

        at = new DateTimeOffset(all, TimeSpan.Zero);
        return true;
    }

    private static bool TrySkip(ref ReadOnlySpan<char> text, char mark)
    {
        if (text.Length == 0 || text[0] != mark)
        {
            return false;
        }

        text = text[1..];
        return true;
    }

    private static bool TryDigits(ref ReadOnlySpan<char> text, int count, out int number)
    {
        number = 0;
        if (text.Length < count)
        {
            return false;
        }

        foreach (var digit in text[..count])
        {
            if (!char.IsAsciiDigit(digit))
            {
                return false;
            }

            number = (number * 10) + (digit - '0');
        }

        text = text[count..];
        return true;
    }
}

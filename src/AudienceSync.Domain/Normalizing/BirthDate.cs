namespace AudienceSync.Domain.Normalizing;

/// <summary>
/// A birth date, year first: 1990, 1990-02, 1990-2-15, 1990/02/15, 19900215, or with a time after it. Day or month first is not read,
/// because it is ambiguous which of the two comes first.
/// </summary>
internal static class BirthDate
{
    /// <summary>
    /// Meta accepts years from 1900 to now; a permanent rule cannot depend on the current date, so it ends with the century.
    /// </summary>
    private const int FirstYear = 1900;

    private const int LastYear = 2099;

    public static Cell Year(ReadOnlySpan<char> raw, string country, Span<char> into) =>
        TryRead(raw, out var date) ? Write(date.Year, 4, into) : Cell.Empty(CellReason.Malformed);

    public static Cell Month(ReadOnlySpan<char> raw, string country, Span<char> into) =>
        TryRead(raw, out var date) ? Write(date.Month, 2, into) : Cell.Empty(CellReason.Malformed);

    public static Cell Day(ReadOnlySpan<char> raw, string country, Span<char> into) =>
        TryRead(raw, out var date) ? Write(date.Day, 2, into) : Cell.Empty(CellReason.Malformed);

    private static Cell Write(int number, int digits, Span<char> into)
    {
        if (number == 0)
        {
            return Cell.Empty(CellReason.Absent);
        }

        for (var i = digits - 1; i >= 0; i--)
        {
            into[i] = (char)('0' + (number % 10));
            number /= 10;
        }

        return Cell.Of(digits);
    }

    /// <summary>A missing part is 0.</summary>
    private static bool TryRead(ReadOnlySpan<char> raw, out (int Year, int Month, int Day) date)
    {
        date = default;
        var text = raw.Trim();
        var time = text.IndexOfAny('T', ' ');
        text = time < 0 ? text : text[..time];
        if (text.Length == 8 && PlainText.IsDigits(text))
        {
            date = (int.Parse(text[..4]), int.Parse(text.Slice(4, 2)), int.Parse(text[6..]));
            return date.Month > 0 && date.Day > 0 && IsReal(date);
        }

        return TryNumber(ref text, 4, 4, out date.Year)
            && TryNumber(ref text, 1, 2, out date.Month)
            && TryNumber(ref text, 1, 2, out date.Day)
            && text.IsEmpty
            && IsReal(date);
    }

    /// <summary>Removes a number and the separator after it from the front. A missing part is 0.</summary>
    private static bool TryNumber(ref ReadOnlySpan<char> text, int least, int most, out int number)
    {
        number = 0;
        if (text.IsEmpty)
        {
            return least < 4;
        }

        var end = text.IndexOfAny('-', '/');
        var part = end < 0 ? text : text[..end];
        text = end < 0 ? default : text[(end + 1)..];
        if (part.Length < least || part.Length > most || !PlainText.IsDigits(part) || (end >= 0 && text.IsEmpty))
        {
            return false;
        }

        number = int.Parse(part);
        return number > 0;
    }

    private static bool IsReal((int Year, int Month, int Day) date) =>
        date.Year is >= FirstYear and <= LastYear
        && date.Month <= 12
        && (date.Day == 0 || date.Day <= DateTime.DaysInMonth(date.Year, date.Month));
}

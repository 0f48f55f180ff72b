using System.Globalization;

namespace AudienceSync.Domain.Normalizing;

/// <summary>Cities, states, postal codes and countries.</summary>
internal static class PlaceText
{
    private const int MaxRawChars = Normalizer.MaxChars / 4;

    private const int ZipDigits = 5;

    /// <summary>Letters a-z only: no spaces, no punctuation, accents removed.</summary>
    public static Cell City(ReadOnlySpan<char> raw, string country, Span<char> into) =>
        raw.Length > MaxRawChars ? Cell.Empty(CellReason.TooLong) : Cell.Of(LatinLetters.Write(raw, into, digits: false));

    /// <summary>
    /// The two-letter code of a state of the USA, from the code or the name; elsewhere letters and digits. A person whose country is not
    /// known gets the code when the name of the state is one of the USA's.
    /// </summary>
    public static Cell State(ReadOnlySpan<char> raw, string country, Span<char> into)
    {
        if (raw.Length > MaxRawChars)
        {
            return Cell.Empty(CellReason.TooLong);
        }

        var length = LatinLetters.Write(raw, into, digits: true);
        var home = Listed(country);
        if (home.IsEmpty || IsUs(home))
        {
            if (UsStates.CodeOf(into[..length]) is { } code)
            {
                code.CopyTo(into);
                return Cell.Of(code.Length);
            }

            return length > 0 && !home.IsEmpty ? Cell.Empty(CellReason.NotListed) : Cell.Of(length);
        }

        return Cell.Of(length);
    }

    /// <summary>Lower case without spaces; for a ZIP code of the USA its first five digits.</summary>
    public static Cell LowerPostalCode(ReadOnlySpan<char> raw, string country, Span<char> into)
    {
        var cell = PostalCode(raw, into, keepSpaces: false);
        var home = Listed(country);
        if (cell.IsEmpty)
        {
            return cell;
        }

        var text = into[..cell.Length];
        for (var i = 0; i < text.Length; i++)
        {
            text[i] = char.ToLowerInvariant(text[i]);
        }

        // No other country uses five digits, a hyphen and four.
        if (IsUs(home) || (home.IsEmpty && IsZipPlusFour(text)))
        {
            return text.Length >= ZipDigits && PlainText.IsDigits(text[..ZipDigits])
                ? Cell.Of(ZipDigits)
                : Cell.Empty(CellReason.Malformed);
        }

        return cell;
    }

    /// <summary>As sent; for the USA five digits, or five, a hyphen and four.</summary>
    public static Cell PlainPostalCode(ReadOnlySpan<char> raw, string country, Span<char> into)
    {
        var cell = PostalCode(raw, into, keepSpaces: true);
        if (cell.IsEmpty || !IsUs(Listed(country)))
        {
            return cell;
        }

        var text = into[..cell.Length];
        var fits = IsZipPlusFour(text) || (text.Length == ZipDigits && PlainText.IsDigits(text));
        return fits ? cell : Cell.Empty(CellReason.Malformed);
    }

    public static Cell LowerCountry(ReadOnlySpan<char> raw, string country, Span<char> into)
    {
        var code = Listed(raw);
        code.ToLowerInvariant(into);
        return code.IsEmpty ? Cell.Empty(CellReason.NotListed) : Cell.Of(code.Length);
    }

    public static Cell UpperCountry(ReadOnlySpan<char> raw, string country, Span<char> into)
    {
        var code = Listed(raw);
        code.ToUpperInvariant(into);
        return code.IsEmpty ? Cell.Empty(CellReason.NotListed) : Cell.Of(code.Length);
    }

    /// <summary>As <see cref="State"/>, with the country of residence under any of its names.</summary>
    public static Cell StateOfNamed(ReadOnlySpan<char> raw, string country, Span<char> into) => State(raw, Named(country), into);

    /// <summary>As <see cref="LowerPostalCode"/>, with the country of residence under any of its names.</summary>
    public static Cell LowerPostalCodeOfNamed(ReadOnlySpan<char> raw, string country, Span<char> into) =>
        LowerPostalCode(raw, Named(country), into);

    /// <summary>As <see cref="PlainPostalCode"/>, with the country of residence under any of its names.</summary>
    public static Cell PlainPostalCodeOfNamed(ReadOnlySpan<char> raw, string country, Span<char> into) =>
        PlainPostalCode(raw, Named(country), into);

    /// <summary>The code of a country under any of its names: U.S., USA, United States.</summary>
    public static Cell LowerNamedCountry(ReadOnlySpan<char> raw, string country, Span<char> into) =>
        LowerCountry(Countries.CodeOf(raw), country, into);

    /// <summary>As <see cref="LowerNamedCountry"/>, in capitals.</summary>
    public static Cell UpperNamedCountry(ReadOnlySpan<char> raw, string country, Span<char> into) =>
        UpperCountry(Countries.CodeOf(raw), country, into);

    private static string Named(string country) => Countries.CodeOf(country) ?? country;

    /// <summary>The two letters of a country, trimmed; empty when there is no such country.</summary>
    private static ReadOnlySpan<char> Listed(ReadOnlySpan<char> raw)
    {
        var code = raw.Trim();
        return Countries.IsCode(code) ? code : default;
    }

    private static bool IsUs(ReadOnlySpan<char> country) => country.Equals("US", StringComparison.OrdinalIgnoreCase);

    private static bool IsZipPlusFour(ReadOnlySpan<char> text) =>
        text.Length == 10 && text[ZipDigits] == '-' && PlainText.IsDigits(text[..ZipDigits]) && PlainText.IsDigits(text[(ZipDigits + 1)..]);

    /// <summary>Letters, digits, hyphens and inner spaces; digits and hyphens of other scripts become ASCII ones.</summary>
    private static Cell PostalCode(ReadOnlySpan<char> raw, Span<char> into, bool keepSpaces)
    {
        raw = raw.Trim();
        if (raw.Length > CellWriter.MaxBytes)
        {
            return Cell.Empty(CellReason.TooLong);
        }

        var length = 0;
        foreach (var c in raw)
        {
            if (char.IsWhiteSpace(c))
            {
                into[length] = ' ';
                length += keepSpaces ? 1 : 0;
                continue;
            }

            var plain = char.IsAsciiLetterOrDigit(c) ? c : Plain(c);
            if (plain == '\0')
            {
                return Cell.Empty(CellReason.Malformed);
            }

            into[length++] = plain;
        }

        return Cell.Of(length);
    }

    private static char Plain(char c)
    {
        if (CharUnicodeInfo.GetUnicodeCategory(c) == UnicodeCategory.DashPunctuation)
        {
            return '-';
        }

        var digit = CharUnicodeInfo.GetDecimalDigitValue(c);
        return digit >= 0 ? (char)('0' + digit) : '\0';
    }
}

using System.Globalization;

namespace AudienceSync.Domain.Identity;

/// <summary>
/// Extracts the digits of a phone number from the text as sent: handles symbols, labels, quotes and digits of other scripts, an extension
/// after the number, and the <c>.0</c> added by a spreadsheet that treated it as a number.
/// </summary>
internal static class PhoneText
{
    /// <summary>Space for the longest prefix that is removed again; more digits than these are not a number.</summary>
    public const int MaxDigits = 32;

    /// <summary>The minimum number of digits before an extension.</summary>
    private const int MinDigitsBeforeExtension = 7;

    /// <summary>
    /// As above, when the extension is marked as one: the digits of <c>+683 400 ext. 1</c> must not be joined to another, possible number.
    /// </summary>
    private const int MinDigitsBeforeMarkedExtension = 4;

    private const int LongestExtension = 7;

    /// <summary>Writes the ASCII digits. <paramref name="plus"/> is true when a plus precedes them.</summary>
    public static IdentifierFault TryClean(ReadOnlySpan<char> raw, Span<char> digits, out int length, out bool plus)
    {
        length = 0;
        plus = false;
        raw = WithoutDecimals(raw.Trim(" \t\r\n\"'`=\u00A0\uFEFF\u200B"));
        if (IsScientific(raw))
        {
            return IdentifierFault.ScientificNotation;
        }

        for (var i = 0; i < raw.Length; i++)
        {
            var c = raw[i];
            var digit = char.IsAscii(c) ? c - '0' : CharUnicodeInfo.GetDecimalDigitValue(c);
            if (digit is >= 0 and <= 9)
            {
                if (length == digits.Length)
                {
                    return IdentifierFault.TooManyDigits;
                }

                digits[length++] = (char)('0' + digit);
            }
            else if (c is '+' or '\uFF0B')
            {
                // 00 before a plus is redundant.
                plus |= length == 0 || !digits[..length].ContainsAnyExcept('0');
                length = plus && !digits[..length].ContainsAnyExcept('0') ? 0 : length;
            }
            else if (length >= MinDigitsBeforeMarkedExtension && IsMarkedExtension(raw[i..]))
            {
                return IdentifierFault.None;
            }
            else if (length >= MinDigitsBeforeExtension && BeginsExtension(raw[i..], c))
            {
                return DigitsIn(raw[i..]) > LongestExtension ? IdentifierFault.SeveralNumbers : IdentifierFault.None;
            }
            else if (
                length >= MinDigitsBeforeExtension
                && (c is '/' or '|' or '&' or ',' or ';' or '\n')
                && DigitsIn(raw[i..]) >= MinDigitsBeforeExtension
            )
            {
                return IdentifierFault.SeveralNumbers;
            }
        }

        return length == 0 ? IdentifierFault.NotANumber : IdentifierFault.None;
    }

    /// <summary>
    /// Letters in any script (<c>ext.</c>, <c>x</c>, <c>доб.</c>), <c>#</c>, and the pauses that telephones dial: one comma or semicolon.
    /// </summary>
    private static bool BeginsExtension(ReadOnlySpan<char> rest, char c) =>
        char.IsLetter(c)
        || c is '#' or '\uFF03' or '~' or '\uFF5E'
        || (c is ',' or ';' && rest[1..].TrimStart(",; ") is var tail && !tail.ContainsAny(',', ';') && DigitsIn(tail) is > 0);

    /// <summary><c>ext</c> and what follows; <c>x</c> or <c>#</c> and nothing but a short number.</summary>
    private static bool IsMarkedExtension(ReadOnlySpan<char> rest) =>
        DigitsIn(rest) is > 0 and <= LongestExtension
        && (
            rest.StartsWith("ext", StringComparison.OrdinalIgnoreCase)
            || (rest[0] is 'x' or 'X' or '#' && !rest[1..].TrimStart(". :").ContainsAnyExceptInRange('0', '9'))
        );

    private static int DigitsIn(ReadOnlySpan<char> text)
    {
        var count = 0;
        foreach (var c in text)
        {
            count += CharUnicodeInfo.GetDecimalDigitValue(c) >= 0 ? 1 : 0;
        }

        return count;
    }

    /// <summary>The part of 5559876501.0 before the point; 555.987.0000 has more than one point, and keeps its zeros.</summary>
    private static ReadOnlySpan<char> WithoutDecimals(ReadOnlySpan<char> text)
    {
        var point = text.IndexOfAny('.', ',');
        return
            point >= MinDigitsBeforeExtension
            && text.Length - point - 1 is 1 or 2
            && !text[(point + 1)..].ContainsAnyExcept('0')
            && DigitsIn(text[..point]) >= MinDigitsBeforeExtension
            ? text[..point]
            : text;
    }

    /// <summary>4.479E+11, 4,479e11.</summary>
    private static bool IsScientific(ReadOnlySpan<char> text)
    {
        var exponent = text.IndexOfAny('e', 'E');
        if (exponent <= 0)
        {
            return false;
        }

        var mantissa = text[..exponent].Trim().TrimStart('+');
        var power = text[(exponent + 1)..].Trim().TrimStart("+-");
        return power.Length is > 0 and <= 3
            && !power.ContainsAnyExceptInRange('0', '9')
            && !mantissa.IsEmpty
            && char.IsAsciiDigit(mantissa[0])
            && (mantissa.Length == 1 || (mantissa[1] is '.' or ',' && !mantissa[2..].ContainsAnyExceptInRange('0', '9')));
    }
}

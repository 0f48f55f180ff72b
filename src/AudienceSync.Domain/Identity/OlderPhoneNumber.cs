using System.Globalization;

namespace AudienceSync.Domain.Identity;

/// <summary>
/// A telephone number as digits with its calling code and no plus, which is how platforms hash it (contracts/meta.md 9). Symbols and
/// letters are dropped, digits of other scripts become ASCII ones.
/// </summary>
/// <remarks>
/// A plus, 00 (or 011 within North America) makes a number international; anything else is read as a number of the default country. Bare
/// digits that are too long for that country and begin with a calling code are read as international: many address books drop the plus.
/// </remarks>
public static class OlderPhoneNumber
{
    public const int MinDigits = 8;

    /// <summary>ITU-T E.164.</summary>
    public const int MaxDigits = 15;

    /// <summary>Space for the longest prefix that is removed again; more digits than this are not a number.</summary>
    private const int MaxWrittenDigits = 32;

    /// <summary>
    /// The normalized number, or null when it is not a number. Returns <paramref name="raw"/> itself when it is normalized already.
    /// </summary>
    public static string? Normalize(string raw, string defaultCountry)
    {
        ArgumentNullException.ThrowIfNull(raw);
        Span<char> digits = stackalloc char[MaxDigits];
        if (!TryWrite(raw, defaultCountry, digits, out var length))
        {
            return null;
        }

        var number = digits[..length];
        return number.SequenceEqual(raw) ? raw : new string(number);
    }

    /// <summary>As <see cref="Normalize"/>, into <paramref name="destination"/> of at least <see cref="MaxDigits"/> characters.</summary>
    public static bool TryWrite(ReadOnlySpan<char> raw, string defaultCountry, Span<char> destination, out int length)
    {
        ArgumentNullException.ThrowIfNull(defaultCountry);
        length = 0;
        Span<char> buffer = stackalloc char[MaxWrittenDigits];
        if (!TryReadDigits(raw, buffer, out var count, out var plus))
        {
            return false;
        }

        ReadOnlySpan<char> digits = buffer[..count];
        var home = OlderCallingCodes.OfCountry(defaultCountry);
        if (plus || digits.StartsWith("00"))
        {
            return TryWriteInternational(digits, destination, out length);
        }

        if (home is null)
        {
            return false;
        }

        return home.IsNorthAmerican
            ? TryWriteNorthAmerican(digits, destination, out length)
            : TryWriteNational(digits, home, destination, out length);
    }

    private static bool TryReadDigits(ReadOnlySpan<char> raw, Span<char> digits, out int count, out bool plus)
    {
        count = 0;
        plus = false;
        foreach (var c in raw)
        {
            var digit = char.IsAscii(c) ? c - '0' : CharUnicodeInfo.GetDecimalDigitValue(c);
            if (digit is < 0 or > 9)
            {
                plus |= c is '+' or '\uFF0B' && count == 0;
                continue;
            }

            if (count == digits.Length)
            {
                return false;
            }

            digits[count++] = (char)('0' + digit);
        }

        return count > 0;
    }

    private static bool TryWriteInternational(ReadOnlySpan<char> digits, Span<char> destination, out int length)
    {
        digits = digits.TrimStart('0');
        var code = OlderCallingCodes.OfNumber(digits);
        if (code is null || code.KeepsZero)
        {
            return TryJoin(default, digits, destination, out length);
        }

        // +44 (0)20 ...: the zero is dialed within the country only (contracts/meta.md 9.1).
        return TryJoin(code.Digits, digits[code.Digits.Length..].TrimStart('0'), destination, out length);
    }

    private static bool TryWriteNorthAmerican(ReadOnlySpan<char> digits, Span<char> destination, out int length)
    {
        length = 0;
        if (digits.StartsWith("011"))
        {
            return TryWriteInternational(digits[3..], destination, out length);
        }

        digits = digits.TrimStart('0');
        return digits.Length switch
        {
            10 => TryJoin("1", digits, destination, out length),
            11 when digits[0] == '1' => TryWriteInternational(digits, destination, out length),
            > 10 when OlderCallingCodes.OfNumber(digits) is { IsNorthAmerican: false } => TryWriteInternational(
                digits,
                destination,
                out length
            ),
            _ => false,
        };
    }

    private static bool TryWriteNational(ReadOnlySpan<char> digits, CallingCode home, Span<char> destination, out int length)
    {
        if (digits.Length > home.LongestNational)
        {
            if (digits.StartsWith(home.Trunk) && digits.Length - home.Trunk.Length <= home.LongestNational && !home.KeepsZero)
            {
                return TryJoin(home.Digits, digits[home.Trunk.Length..].TrimStart('0'), destination, out length);
            }

            if (digits[0] != '0' && OlderCallingCodes.OfNumber(digits) is not null)
            {
                return TryWriteInternational(digits, destination, out length);
            }
        }

        return TryJoin(home.Digits, home.KeepsZero ? digits : digits.TrimStart('0'), destination, out length);
    }

    private static bool TryJoin(ReadOnlySpan<char> code, ReadOnlySpan<char> rest, Span<char> destination, out int length)
    {
        length = code.Length + rest.Length;
        if (rest.IsEmpty || length is < MinDigits or > MaxDigits)
        {
            length = 0;
            return false;
        }

        code.CopyTo(destination);
        rest.CopyTo(destination[code.Length..]);
        return true;
    }
}

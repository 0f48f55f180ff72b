using AudienceSync.Domain.Normalizing;
using PhoneNumbers;

namespace AudienceSync.Domain.Identity;

/// <summary>
/// Reads a phone number with libphonenumber, once, into E.164. Whether it is a number is decided by <c>IsPossibleNumberWithReason</c>, not
/// by whether the range is assigned today: ranges are opened before the library has them, and a shop's test numbers are never assigned.
/// </summary>
/// <remarks>
/// A plus, 00, or the country's prefix for dialing abroad makes a number international; anything else is read as a national number of the
/// country. Bare digits that are not a national number are read as international: many address books drop the plus.
/// </remarks>
public static class PhoneReader
{
    /// <summary>Digits of the shortest numbers with their calling code (+683 4001, +290 2345).</summary>
    public const int MinDigits = 7;

    /// <summary>ITU-T E.164.</summary>
    public const int MaxDigits = 15;

    /// <summary>
    /// The longest national number of a country with fixed lengths; only longer bare digits may belong to another country by validity.
    /// </summary>
    private const int LongestUsualNational = 11;

    private const int MaxZeros = 16;

    private static readonly PhoneNumberUtil Library = PhoneNumberUtil.GetInstance();

    /// <summary>Reads a text; returns the default for a field that is absent.</summary>
    /// <param name="raw">The text.</param>
    /// <param name="country">The country used to parse a national number (ISO 3166-1 alpha-2); empty when it is not known.</param>
    /// <param name="hashed">Whether and how the sender hashed it.</param>
    public static FieldReading Read(string? raw, string country, HashedFields hashed = HashedFields.None)
    {
        ArgumentNullException.ThrowIfNull(country);
        if (raw is null)
        {
            return default;
        }

        if ((hashed & (HashedFields.PhoneSha256Digits | HashedFields.PhoneSha256E164)) != HashedFields.None)
        {
            return EmailReader.Passed(raw);
        }

        if (DigestText.Is(raw.AsSpan().Trim()))
        {
            return FieldReading.Not(IdentifierFault.UndeclaredDigest);
        }

        Span<char> buffer = stackalloc char[PhoneText.MaxDigits];
        var fault = PhoneText.TryClean(raw, buffer, out var length, out var plus);
        if (fault != IdentifierFault.None)
        {
            return FieldReading.Not(fault);
        }

        var digits = buffer[..length];
        return digits.Length < MinDigits - 3 ? FieldReading.Not(IdentifierFault.TooShort) : Read(digits, plus, RegionOf(country));
    }

    private static FieldReading Read(ReadOnlySpan<char> digits, bool plus, string? region)
    {
        if (plus || digits.StartsWith("00"))
        {
            return ReadInternational(digits, plus, region);
        }

        if (region is null)
        {
            return FieldReading.Not(IdentifierFault.NoCountry);
        }

        var national = Parse(digits, region, international: false, out var number);
        if (national.Text is not null)
        {
            return IsOfAnotherCountry(digits, number!) ? Parse(digits, region: null, international: true, out _) : national;
        }

        if (digits[0] != '0' && national.Fault is IdentifierFault.TooManyDigits or IdentifierFault.ImpossibleNumber)
        {
            return Parse(digits, region: null, international: true, out _) is { Text: not null } international ? international : national;
        }

        // Zeros before a North American number are not a trunk prefix.
        var bare = digits.TrimStart('0');
        return bare.Length < digits.Length && bare.Length > 0 && Library.GetCountryCodeForRegion(region) == 1
            ? Parse(bare, region, international: false, out _)
            : national;
    }

    private static FieldReading ReadInternational(ReadOnlySpan<char> digits, bool plus, string? region)
    {
        var bare = digits.TrimStart('0');
        if (bare.IsEmpty)
        {
            return FieldReading.Not(IdentifierFault.TooShort);
        }

        // A plus before a single zero was added by a program that treats every number as international.
        if (
            plus
            && region is not null
            && digits.Length - bare.Length == 1
            && Parse(digits, region, international: false, out _) is { Text: not null } trunk
        )
        {
            return trunk;
        }

        var read = Parse(bare, region: null, international: true, out _);
        return
            read.Text is null
            && !plus
            && region is not null
            && Parse(digits, region, international: false, out _) is { Text: not null } national
            ? national
            : read;
    }

    /// <summary>
    /// Where national numbers may have any length, the library accepts bare digits with another country's calling code as one of them. A
    /// number of this length that is in no range of the home country, but in a range abroad, is the foreign one; the numbering plans listed
    /// here are open, but no number in them is this long.
    /// </summary>
    private static bool IsOfAnotherCountry(ReadOnlySpan<char> digits, PhoneNumber national) =>
        digits.Length > LongestUsualNational
        && digits[0] != '0'
        && (national.CountryCode is 49 or 352 or 39 or 358 || !Library.IsValidNumber(national))
        && Parse(digits, region: null, international: true, out var abroad).Text is not null
        && Library.IsValidNumber(abroad);

    private static FieldReading Parse(ReadOnlySpan<char> digits, string? region, bool international, out PhoneNumber? number)
    {
        number = null;
        try
        {
            number = Library.Parse(international ? string.Concat("+", digits) : new string(digits), region);
        }
        catch (NumberParseException unread)
        {
            return FieldReading.Not(FaultOf(unread.ErrorType));
        }

        number = Repaired(number);
        var possible = Library.IsPossibleNumberWithReason(number);
        if (possible != PhoneNumberUtil.ValidationResult.IS_POSSIBLE)
        {
            return FieldReading.Not(FaultOf(possible));
        }

        var text = Settled(number);
        return (text.Length - 1) switch
        {
            < MinDigits => FieldReading.Not(IdentifierFault.TooShort),
            > MaxDigits => FieldReading.Not(IdentifierFault.TooManyDigits),
            _ => FieldReading.Of(text),
        };
    }

    /// <summary>
    /// E.164. The library removes one of several trunk zeros per call, and reading a canonical form again must give the same form.
    /// </summary>
    private static string Settled(PhoneNumber number)
    {
        var text = Library.Format(number, PhoneNumberFormat.E164);
        for (var round = 0; text[1 + DigitsOf(number.CountryCode)] == '0' && round < MaxZeros; round++)
        {
            number = Library.Parse(text, null);
            var again = Library.Format(number, PhoneNumberFormat.E164);
            if (again == text)
            {
                break;
            }

            text = again;
        }

        return text;
    }

    private static int DigitsOf(int callingCode) =>
        callingCode < 10 ? 1
        : callingCode < 100 ? 2
        : 3;

    /// <summary>
    /// Mexican mobile numbers were written +52 1 ... until 2019, and address books still contain them; the library supports only the new
    /// form.
    /// </summary>
    private static PhoneNumber Repaired(PhoneNumber number)
    {
        const ulong first = 10_000_000_000;
        return number is { CountryCode: 52, NationalNumber: >= first and < 2 * first }
            ? new PhoneNumber.Builder().MergeFrom(number).SetNationalNumber(number.NationalNumber - first).Build()
            : number;
    }

    private static IdentifierFault FaultOf(ErrorType error) =>
        error switch
        {
            ErrorType.INVALID_COUNTRY_CODE => IdentifierFault.UnknownCallingCode,
            ErrorType.TOO_LONG => IdentifierFault.TooManyDigits,
            ErrorType.TOO_SHORT_AFTER_IDD or ErrorType.TOO_SHORT_NSN => IdentifierFault.TooShort,
            _ => IdentifierFault.NotANumber,
        };

    private static IdentifierFault FaultOf(PhoneNumberUtil.ValidationResult result) =>
        result switch
        {
            PhoneNumberUtil.ValidationResult.IS_POSSIBLE_LOCAL_ONLY => IdentifierFault.LocalOnly,
            PhoneNumberUtil.ValidationResult.INVALID_COUNTRY_CODE => IdentifierFault.UnknownCallingCode,
            PhoneNumberUtil.ValidationResult.TOO_SHORT => IdentifierFault.TooShort,
            PhoneNumberUtil.ValidationResult.TOO_LONG => IdentifierFault.TooManyDigits,
            _ => IdentifierFault.ImpossibleNumber,
        };

    /// <summary>
    /// The library's name for a country; null when it has none. Territories without their own numbering use that of another.
    /// </summary>
    private static string? RegionOf(string country)
    {
        var region = country.Length == 2 ? country.ToUpperInvariant() : Countries.CodeOf(country);
        region = region switch
        {
            "AQ" or "HM" => "AU",
            "BV" => "NO",
            "GS" => "FK",
            "PN" => "NZ",
            "TF" => "RE",
            "UM" => "US",
            "UK" => "GB",
            _ => region,
        };
        return region is not null && Library.GetCountryCodeForRegion(region) != 0 ? region : null;
    }
}

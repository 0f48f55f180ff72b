namespace AudienceSync.Domain.Identity;

/// <summary>
/// Why the text of a person's field is not used. Expected input never causes an exception, and a value with a fault is never hashed.
/// </summary>
public enum IdentifierFault
{
    /// <summary>The text is used, or there is none.</summary>
    None = 0,

    /// <summary>
    /// A placeholder that a program writes for "nothing", an unrendered template, or a digest of one: the field counts as absent.
    /// </summary>
    Placeholder = 1,

    /// <summary>Longer than any real value.</summary>
    TooLong = 2,

    /// <summary>A lone surrogate or a control character.</summary>
    InvalidText = 3,

    /// <summary>Declared as hashed, but not 64 hex digits.</summary>
    NotADigest = 4,

    /// <summary>64 hex digits in a field that was declared as plain text.</summary>
    UndeclaredDigest = 5,

    /// <summary>An email address with white space inside.</summary>
    WhiteSpace = 6,

    /// <summary>Not an email address.</summary>
    NotAnAddress = 7,

    /// <summary>More than one email address in one field.</summary>
    SeveralAddresses = 8,

    /// <summary>An email address whose domain has no dot.</summary>
    NoDottedDomain = 9,

    /// <summary>An email address with a domain that cannot exist.</summary>
    InvalidDomain = 10,

    /// <summary>A phone number without digits.</summary>
    NotANumber = 11,

    /// <summary>More than one phone number in one field.</summary>
    SeveralNumbers = 12,

    /// <summary>A phone number in scientific notation: a spreadsheet has lost its last digits.</summary>
    ScientificNotation = 13,

    /// <summary>A national phone number without a country to parse it by.</summary>
    NoCountry = 14,

    /// <summary>A phone number with a calling code that is not assigned.</summary>
    UnknownCallingCode = 15,

    /// <summary>A phone number with too few digits.</summary>
    TooShort = 16,

    /// <summary>A phone number with too many digits.</summary>
    TooManyDigits = 17,

    /// <summary>A phone number that can be dialed only from within the same town.</summary>
    LocalOnly = 18,

    /// <summary>A phone number of a length that its country does not have.</summary>
    ImpossibleNumber = 19,
}

/// <summary>The stable codes of the faults.</summary>
public static class IdentifierFaults
{
    /// <summary>For responses, records and logs; it does not change.</summary>
    public static string Code(this IdentifierFault fault) =>
        fault switch
        {
            IdentifierFault.None => "none",
            IdentifierFault.Placeholder => "placeholder",
            IdentifierFault.TooLong => "too_long",
            IdentifierFault.InvalidText => "invalid_text",
            IdentifierFault.NotADigest => "not_a_digest",
            IdentifierFault.UndeclaredDigest => "undeclared_digest",
            IdentifierFault.WhiteSpace => "white_space",
            IdentifierFault.NotAnAddress => "not_an_address",
            IdentifierFault.SeveralAddresses => "several_addresses",
            IdentifierFault.NoDottedDomain => "no_dotted_domain",
            IdentifierFault.InvalidDomain => "invalid_domain",
            IdentifierFault.NotANumber => "not_a_number",
            IdentifierFault.SeveralNumbers => "several_numbers",
            IdentifierFault.ScientificNotation => "scientific_notation",
            IdentifierFault.NoCountry => "no_country",
            IdentifierFault.UnknownCallingCode => "unknown_calling_code",
            IdentifierFault.TooShort => "too_short",
            IdentifierFault.TooManyDigits => "too_many_digits",
            IdentifierFault.LocalOnly => "local_only",
            IdentifierFault.ImpossibleNumber => "impossible_number",
            _ => throw new ArgumentOutOfRangeException(nameof(fault), fault, "No such fault."),
        };
}

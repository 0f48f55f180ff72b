namespace AudienceSync.Domain.Normalizing;

/// <summary>Why a cell is empty. Bad input never causes an exception and never gives the digest of the empty text.</summary>
public enum CellReason
{
    /// <summary>It is not empty.</summary>
    None = 0,

    /// <summary>The person has no such value.</summary>
    Absent = 1,

    /// <summary>The platform has no such cell under this version.</summary>
    NotTaken = 2,

    /// <summary>The value is malformed: an e-mail address without an at sign, a birth date with a thirteenth month.</summary>
    Malformed = 3,

    /// <summary>Removing what the platform does not accept leaves nothing.</summary>
    NothingLeft = 4,

    /// <summary>The value is not in a closed list: countries, states, genders.</summary>
    NotListed = 5,

    /// <summary>Longer than any real value.</summary>
    TooLong = 6,

    /// <summary>It was declared as hashed but is not 64 hex digits.</summary>
    NotADigest = 7,

    /// <summary>It was declared as plain text but is 64 hex digits: hashing it again would match no one.</summary>
    UndeclaredDigest = 8,

    /// <summary>It is hashed in a form that this platform does not accept.</summary>
    OtherDigest = 9,

    /// <summary>The digest of the empty text, or a device id of zeros: it identifies no one.</summary>
    Nobody = 10,

    /// <summary>An email address with white space inside, which no platform accepts.</summary>
    WhiteSpace = 11,

    /// <summary>More than one address or number in one field.</summary>
    Several = 12,

    /// <summary>An email address whose domain cannot exist: without a dot, with an empty part.</summary>
    InvalidDomain = 13,

    /// <summary>A phone number of a length that its country does not have, or without a country.</summary>
    ImpossibleNumber = 14,
}

/// <summary>The stable codes of the reasons.</summary>
public static class CellReasons
{
    /// <summary>For records and logs; it does not change.</summary>
    public static string Code(this CellReason reason) =>
        reason switch
        {
            CellReason.None => "none",
            CellReason.Absent => "absent",
            CellReason.NotTaken => "not_taken",
            CellReason.Malformed => "malformed",
            CellReason.NothingLeft => "nothing_left",
            CellReason.NotListed => "not_listed",
            CellReason.TooLong => "too_long",
            CellReason.NotADigest => "not_a_digest",
            CellReason.UndeclaredDigest => "undeclared_digest",
            CellReason.OtherDigest => "other_digest",
            CellReason.Nobody => "nobody",
            CellReason.WhiteSpace => "white_space",
            CellReason.Several => "several",
            CellReason.InvalidDomain => "invalid_domain",
            CellReason.ImpossibleNumber => "impossible_number",
            _ => throw new ArgumentOutOfRangeException(nameof(reason), reason, "No such reason."),
        };
}

namespace AudienceSync.Domain.Normalizing;

/// <summary>Why a cell is empty. Bad input is never an exception and never the digest of nothing.</summary>
public enum CellReason
{
    /// <summary>It is not empty.</summary>
    None = 0,

    /// <summary>The person has no such thing.</summary>
    Absent = 1,

    /// <summary>The platform has no such cell under this version.</summary>
    NotTaken = 2,

    /// <summary>It is not what it should be: an e-mail address without an at sign, a birth date with a thirteenth month.</summary>
    Malformed = 3,

    /// <summary>Taking away what the platform does not want leaves nothing.</summary>
    NothingLeft = 4,

    /// <summary>It is not one of a closed list: countries, states, genders.</summary>
    NotListed = 5,

    /// <summary>Longer than any real one.</summary>
    TooLong = 6,

    /// <summary>It was declared as hashed and is not 64 hex digits.</summary>
    NotADigest = 7,

    /// <summary>It was declared as plain text and is 64 hex digits: hashing it again would match nobody.</summary>
    UndeclaredDigest = 8,

    /// <summary>It is hashed, in a form this platform does not take.</summary>
    OtherDigest = 9,

    /// <summary>The digest of the empty text, or a device id of zeros: it stands for everybody and nobody.</summary>
    Nobody = 10,

    /// <summary>An email address with white space inside, which no platform takes.</summary>
    WhiteSpace = 11,

    /// <summary>More than one address or number in one field.</summary>
    Several = 12,

    /// <summary>An email address whose domain cannot exist: without a dot, with an empty part.</summary>
    InvalidDomain = 13,

    /// <summary>A phone number of a length that its country does not have, or without a country.</summary>
    ImpossibleNumber = 14,
}

/// <summary>The reasons' stable codes.</summary>
public static class CellReasons
{
    /// <summary>For records and logs; it does not change.</summary>
    public static string Code(this CellReason reason) => reason switch
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

namespace AudienceSync.Domain.Normalizing;

/// <summary>Names, genders, device ids and a sender's own ids.</summary>
internal static class PersonText
{
    private static readonly string[] Titles = ["mr.", "mrs.", "ms.", "dr."];

    private static readonly string[] Suffixes =
    [
        "jr.",
        "sr.",
        "2nd",
        "3rd",
        "ii",
        "iii",
        "iv",
        "v",
        "vi",
        "cpa",
        "dc",
        "dds",
        "vm",
        "jd",
        "md",
        "phd",
    ];

    /// <summary>Without punctuation; accents, other scripts, digits and inner spaces stay (contracts/meta.md 9.2).</summary>
    public static Cell BareName(ReadOnlySpan<char> raw, string country, Span<char> into) =>
        WordText.Write(raw, into, keepPunctuation: false);

    /// <summary>The first letter as one of a-z; a name that begins in another script has none.</summary>
    public static Cell Initial(ReadOnlySpan<char> raw, string country, Span<char> into)
    {
        var cell = WordText.Write(raw, into, keepPunctuation: false);
        var name = into[..cell.Length];
        for (var i = 0; i < name.Length; i++)
        {
            if (char.IsSurrogate(name[i]))
            {
                return Cell.Empty(CellReason.NothingLeft);
            }

            if (char.IsLetter(name[i]))
            {
                Span<char> letters = stackalloc char[2];
                var count = LatinLetters.Write(name.Slice(i, 1), letters, digits: false);
                into[0] = letters[0];
                return Cell.Of(Math.Min(count, 1));
            }
        }

        return cell.IsEmpty ? cell : Cell.Empty(CellReason.NothingLeft);
    }

    /// <summary>Punctuation stays, a title before the name is removed (contracts/google.md 7.1 and 7.2).</summary>
    public static Cell GivenName(ReadOnlySpan<char> raw, string country, Span<char> into)
    {
        var cell = WordText.Write(raw, into, keepPunctuation: true);
        ReadOnlySpan<char> name = into[..cell.Length];
        while (TitleOf(name) is { } title)
        {
            name = name[title.Length..].TrimStart(' ');
        }

        if (name.Length < cell.Length)
        {
            name.CopyTo(into);
            return Cell.Of(name.Length);
        }

        return cell;
    }

    /// <summary>As <see cref="GivenName"/>, but a title after the name is removed, too.</summary>
    public static Cell GivenNameWithoutTitles(ReadOnlySpan<char> raw, string country, Span<char> into)
    {
        var cell = GivenName(raw, country, into);
        ReadOnlySpan<char> name = into[..cell.Length];
        while (TitleBehind(name) is { } title)
        {
            name = name[..^title.Length].TrimEnd(" ,");
        }

        return cell.IsEmpty ? cell : Cell.Of(name.Length);
    }

    /// <summary>Punctuation stays, a suffix after the name is removed: a generation, a degree (contracts/google.md 7.1 and 7.2).</summary>
    public static Cell FamilyName(ReadOnlySpan<char> raw, string country, Span<char> into)
    {
        var cell = WordText.Write(raw, into, keepPunctuation: true);
        if (cell.IsEmpty)
        {
            return cell;
        }

        ReadOnlySpan<char> name = into[..cell.Length];
        while (SuffixOf(name) is { } suffix)
        {
            name = name[..^suffix.Length].TrimEnd(' ');
            name = name is [.., ','] ? name[..^1].TrimEnd(' ') : name;
        }

        return Cell.Of(name.Length);
    }

    /// <summary>One letter; any other value is not guessed (contracts/meta.md 9.2).</summary>
    public static Cell Gender(ReadOnlySpan<char> raw, string country, Span<char> into)
    {
        Span<char> word = stackalloc char[8];
        var text = raw.Trim();
        var length = text.Length <= word.Length ? text.ToLowerInvariant(word) : 0;
        into[0] = word[..length] switch
        {
            "m" or "male" or "man" or "boy" => 'm',
            "f" or "female" or "woman" or "girl" => 'f',
            _ => '\0',
        };
        return into[0] == '\0' ? Cell.Empty(CellReason.NotListed) : Cell.Of(1);
    }

    public static Cell LowerDeviceId(ReadOnlySpan<char> raw, string country, Span<char> into)
    {
        var cell = DeviceId(raw, country, into);
        for (var i = 0; i < cell.Length; i++)
        {
            into[i] = char.ToLowerInvariant(into[i]);
        }

        return cell;
    }

    /// <summary>Letters, digits and hyphens. A phone reports zeros when its owner has opted out of tracking.</summary>
    public static Cell DeviceId(ReadOnlySpan<char> raw, string country, Span<char> into)
    {
        var text = raw.Trim();
        if (text.Length > CellWriter.MaxBytes)
        {
            return Cell.Empty(CellReason.TooLong);
        }

        foreach (var c in text)
        {
            if (!char.IsAsciiLetterOrDigit(c) && c != '-')
            {
                return Cell.Empty(CellReason.Malformed);
            }
        }

        text.CopyTo(into);
        return text.ContainsAnyExcept('0', '-') ? Cell.Of(text.Length) : Cell.Empty(CellReason.Nobody);
    }

    public static Cell ExternalId(ReadOnlySpan<char> raw, string country, Span<char> into)
    {
        var text = raw.Trim();
        if (text.Length > Limits.CustomerIdChars || !PlainText.IsWellFormed(text))
        {
            return Cell.Empty(text.Length > Limits.CustomerIdChars ? CellReason.TooLong : CellReason.Malformed);
        }

        text.CopyTo(into);
        return Cell.Of(text.Length);
    }

    private static string? TitleOf(ReadOnlySpan<char> name)
    {
        foreach (var title in Titles)
        {
            if (name.StartsWith(title) && (name.Length == title.Length || name[title.Length] == ' '))
            {
                return title;
            }
        }

        return null;
    }

    private static string? TitleBehind(ReadOnlySpan<char> name)
    {
        foreach (var title in Titles)
        {
            if (name.EndsWith(title) && (name.Length == title.Length || name[^(title.Length + 1)] is ' ' or ','))
            {
                return title;
            }
        }

        return null;
    }

    private static string? SuffixOf(ReadOnlySpan<char> name)
    {
        foreach (var suffix in Suffixes)
        {
            if (name.Length > suffix.Length && name.EndsWith(suffix) && name[^(suffix.Length + 1)] is ' ' or ',')
            {
                return suffix;
            }
        }

        return null;
    }
}

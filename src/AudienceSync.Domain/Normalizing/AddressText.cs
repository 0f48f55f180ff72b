using System.Text;

namespace AudienceSync.Domain.Normalizing;

/// <summary>Email addresses and phone numbers by the differing rules of the platforms. Each rule receives the canonical form.</summary>
internal static class AddressText
{
    public static Cell Email(ReadOnlySpan<char> canonical, string country, Span<char> into)
    {
        if (canonical.Length > EmailText.MaxChars)
        {
            return Cell.Empty(CellReason.TooLong);
        }

        canonical.CopyTo(into);
        return Cell.Of(canonical.Length);
    }

    /// <summary>
    /// Gmail ignores a plus with what follows it, and dots, and Google hashes addresses accordingly (contracts/google.md 7.1).
    /// </summary>
    public static Cell GmailAware(ReadOnlySpan<char> canonical, string country, Span<char> into)
    {
        var cell = Email(canonical, country, into);
        var text = into[..cell.Length];
        var domain = text[(text.IndexOf('@') + 1)..];
        return domain is "gmail.com" or "googlemail.com" ? Shorten(text, dropDots: true) : cell;
    }

    public static Cell WithoutSuffix(ReadOnlySpan<char> canonical, string country, Span<char> into) =>
        Shortened(canonical, into, dropDots: false);

    public static Cell WithoutSuffixAndDots(ReadOnlySpan<char> canonical, string country, Span<char> into) =>
        Shortened(canonical, into, dropDots: true);

    public static Cell PhoneDigits(ReadOnlySpan<char> canonical, string country, Span<char> into) =>
        PhoneWithPlus(canonical.TrimStart('+'), country, into);

    public static Cell PhoneWithPlus(ReadOnlySpan<char> canonical, string country, Span<char> into)
    {
        canonical.CopyTo(into);
        return Cell.Of(canonical.Length);
    }

    private static Cell Shortened(ReadOnlySpan<char> canonical, Span<char> into, bool dropDots)
    {
        var cell = Email(canonical, "", into);
        return cell.IsEmpty ? cell : Shorten(into[..cell.Length], dropDots);
    }

    /// <summary>Removes the first plus and what follows it, and the dots when requested, from the local part, in place.</summary>
    private static Cell Shorten(Span<char> address, bool dropDots)
    {
        var at = address.IndexOf('@');
        var plus = address[..at].IndexOf('+');
        var local = address[..(plus < 0 ? at : plus)];
        var length = 0;
        foreach (var c in local)
        {
            address[length] = c;
            length += dropDots && c == '.' ? 0 : 1;
        }

        if (length == 0)
        {
            return Cell.Empty(CellReason.NothingLeft);
        }

        var domain = address[at..];
        domain.CopyTo(address[length..]);
        address = address[..(length + domain.Length)];

        // A dot can separate a letter from its accent, and protect a mark from being trimmed at an edge.
        return !Ascii.IsValid(address) && !EmailText.TryWrite(new string(address), address, out length)
            ? Cell.Empty(CellReason.NothingLeft)
            : Cell.Of(Ascii.IsValid(address) ? address.Length : length);
    }
}

using System.Text;

namespace AudienceSync.Domain.Normalising;

/// <summary>E-mail addresses and telephone numbers as the platforms differ about them.</summary>
internal static class AddressText
{
    public static Cell Email(ReadOnlySpan<char> raw, string country, Span<char> into)
        => EmailText.TryWrite(raw, into, out var length) ? Cell.Of(length) : Cell.Empty(CellReason.Malformed);

    /// <summary>Gmail delivers whatever stands behind a plus and wherever dots are, and Google hashes it so (contracts/google.md 7.1).</summary>
    public static Cell GmailAware(ReadOnlySpan<char> raw, string country, Span<char> into)
    {
        var cell = Email(raw, country, into);
        if (cell.IsEmpty)
        {
            return cell;
        }

        var text = into[..cell.Length];
        var domain = text[(text.IndexOf('@') + 1)..];
        return domain is "gmail.com" or "googlemail.com" ? Shorten(text, dropDots: true) : cell;
    }

    /// <summary>White space inside goes, too (contracts/tiktok.md 8.1, September 2025 and later).</summary>
    public static Cell WithoutSpaces(ReadOnlySpan<char> raw, string country, Span<char> into)
    {
        if (!HasSpace(raw))
        {
            return Email(raw, country, into);
        }

        if (raw.Length > EmailText.MaxChars)
        {
            return Cell.Empty(CellReason.TooLong);
        }

        Span<char> tight = stackalloc char[EmailText.MaxChars];
        var length = 0;
        foreach (var c in raw)
        {
            tight[length] = c;
            length += char.IsWhiteSpace(c) ? 0 : 1;
        }

        return Email(tight[..length], country, into);
    }

    public static Cell WithoutSuffix(ReadOnlySpan<char> raw, string country, Span<char> into) => Shortened(raw, country, into, dropDots: false);

    public static Cell WithoutSuffixAndDots(ReadOnlySpan<char> raw, string country, Span<char> into)
        => Shortened(raw, country, into, dropDots: true);

    public static Cell PhoneDigits(ReadOnlySpan<char> raw, string country, Span<char> into)
        => PhoneNumber.TryWrite(raw, country, into, out var length) ? Cell.Of(length) : Cell.Empty(CellReason.Malformed);

    public static Cell PhoneWithPlus(ReadOnlySpan<char> raw, string country, Span<char> into)
    {
        into[0] = '+';
        return PhoneNumber.TryWrite(raw, country, into[1..], out var length) ? Cell.Of(length + 1) : Cell.Empty(CellReason.Malformed);
    }

    private static Cell Shortened(ReadOnlySpan<char> raw, string country, Span<char> into, bool dropDots)
    {
        var cell = WithoutSpaces(raw, country, into);
        return cell.IsEmpty ? cell : Shorten(into[..cell.Length], dropDots);
    }

    /// <summary>Takes the first plus and what follows it, and the dots where asked, out of the local part, in place.</summary>
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

        // A dot can part a letter from its accent, and hide a mark that is trimmed at an edge.
        return Ascii.IsValid(address) ? Cell.Of(address.Length) : Email(new string(address), "", address);
    }

    private static bool HasSpace(ReadOnlySpan<char> raw)
    {
        foreach (var c in raw)
        {
            if (char.IsWhiteSpace(c))
            {
                return true;
            }
        }

        return false;
    }
}

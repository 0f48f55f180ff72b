using System.Buffers;
using System.Globalization;

namespace AudienceSync.Domain.Normalizing;

/// <summary>
/// An e-mail address as platforms hash it: trimmed, lower case, composed (contracts/meta.md 9 and 9.1). It is checked only as far as
/// needed to keep a digest from being meaningless; dots and plus tags stay, because the platform keeps them.
/// </summary>
public static class EmailText
{
    /// <summary>RFC 5321 4.5.3.1: 64 characters before the at sign, 255 after.</summary>
    public const int MaxChars = 320;

    /// <summary>Printable ASCII without space and without capitals: such a text is normalized already, if it is an address.</summary>
    private static readonly SearchValues<char> Canonical = SearchValues.Create(
        "!\"#$%&'()*+,-./0123456789:;<=>?@[\\]^_`abcdefghijklmnopqrstuvwxyz{|}~"
    );

    /// <summary>
    /// The normalized address, or null when it is not an address. Returns <paramref name="raw"/> itself when it is normalized already.
    /// </summary>
    public static string? Normalize(string raw)
    {
        ArgumentNullException.ThrowIfNull(raw);
        var text = raw;
        if (raw.AsSpan().ContainsAnyExcept(Canonical))
        {
            text = TrimInvisible(raw);
            if (text.Length > MaxChars || !PlainText.IsWellFormed(text))
            {
                return null;
            }

            // Twice: a mark can separate a capital from its dot (I with both dots), and lower case can make a pair composable (J and
            // caron).
            text = Composition.Compose(Composition.Compose(text).ToLowerInvariant());
            if (HasInvisible(text))
            {
                return null;
            }
        }

        return text.Length <= MaxChars && HasOneAtInside(text) ? text : null;
    }

    /// <summary>As <see cref="Normalize"/>, into at least <see cref="MaxChars"/> characters, and without a string for ASCII text.</summary>
    public static bool TryWrite(ReadOnlySpan<char> raw, Span<char> into, out int length)
    {
        var text = raw.Trim(' ');
        length = 0;
        if (text.Length > MaxChars)
        {
            // Other spaces may surround it, and do not count for its length.
            return TryWriteSlowly(text, into, out length);
        }

        for (var i = 0; i < text.Length; i++)
        {
            var c = text[i];
            if (c is < '!' or > '~')
            {
                return TryWriteSlowly(text, into, out length);
            }

            into[i] = c is >= 'A' and <= 'Z' ? (char)(c | 0x20) : c;
        }

        length = HasOneAtInside(text) ? text.Length : 0;
        return length > 0;
    }

    private static bool TryWriteSlowly(ReadOnlySpan<char> text, Span<char> into, out int length)
    {
        var slow = Normalize(new string(text));
        slow?.CopyTo(into);
        length = slow?.Length ?? 0;
        return slow is not null;
    }

    private static bool HasOneAtInside(ReadOnlySpan<char> text)
    {
        var at = text.IndexOf('@');
        return at > 0 && at < text.Length - 1 && text[(at + 1)..].IndexOf('@') < 0;
    }

    private static string TrimInvisible(string raw)
    {
        var start = 0;
        var end = raw.Length;
        while (start < end && IsInvisible(raw[start]))
        {
            start++;
        }

        while (end > start && IsInvisible(raw[end - 1]))
        {
            end--;
        }

        return raw.Substring(start, end - start);
    }

    private static bool HasInvisible(string text)
    {
        foreach (var c in text)
        {
            // Joiners are part of words in some scripts, and so of addresses in them (RFC 6532).
            if (IsInvisible(c) && c is not ('\u200C' or '\u200D'))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>
    /// Spaces, controls, and what copying from a page leaves behind: byte order marks, direction marks, zero-width spaces.
    /// </summary>
    private static bool IsInvisible(char c) =>
        char.IsWhiteSpace(c) || char.IsControl(c) || CharUnicodeInfo.GetUnicodeCategory(c) == UnicodeCategory.Format;
}

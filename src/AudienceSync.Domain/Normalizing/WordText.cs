using System.Globalization;

namespace AudienceSync.Domain.Normalizing;

/// <summary>
/// Words of any script: trimmed, lower case, composed, one space between two. Controls and direction marks are always removed, punctuation
/// and symbols where a platform does not accept them; the rest is written as UTF-8 later.
/// </summary>
internal static class WordText
{
    /// <summary>A composed text can have three times the characters, and lower case a few more.</summary>
    private const int MaxRawChars = Normalizer.MaxChars / 4;

    private const char FirstOfInterest = '\u0300';

    public static Cell Write(ReadOnlySpan<char> raw, Span<char> into, bool keepPunctuation)
    {
        if (raw.Length > MaxRawChars)
        {
            return Cell.Empty(CellReason.TooLong);
        }

        if (!PlainText.IsWellFormed(raw))
        {
            return Cell.Empty(CellReason.Malformed);
        }

        var length = 0;
        var space = false;
        var exotic = false;
        for (var i = 0; i < raw.Length; i++)
        {
            var c = raw[i];
            if (char.IsAsciiLetterOrDigit(c))
            {
                Append(into, ref length, ref space, c is >= 'A' and <= 'Z' ? (char)(c | 0x20) : c);
                continue;
            }

            if (char.IsWhiteSpace(c))
            {
                space = length > 0;
                continue;
            }

            exotic |= c >= FirstOfInterest;
            var pair = char.IsHighSurrogate(c);
            if (Stays(pair ? char.ConvertToUtf32(c, raw[i + 1]) : c, keepPunctuation))
            {
                Append(into, ref length, ref space, char.ToLowerInvariant(c));
                if (pair)
                {
                    into[length++] = raw[i + 1];
                }
            }

            i += pair ? 1 : 0;
        }

        // Parts are joined only after what stood between them is removed: a hyphen can separate a letter from its accent.
        return Cell.Of(exotic ? Compose(into, length) : length);
    }

    private static void Append(Span<char> into, ref int length, ref bool space, char c)
    {
        if (space)
        {
            into[length++] = ' ';
            space = false;
        }

        into[length++] = c;
    }

    private static bool Stays(int point, bool keepPunctuation) =>
        CharUnicodeInfo.GetUnicodeCategory(point) switch
        {
            // Joiners are part of words in some scripts.
            UnicodeCategory.Format => point is 0x200C or 0x200D,
            UnicodeCategory.Control => false,
            UnicodeCategory.ConnectorPunctuation
            or UnicodeCategory.DashPunctuation
            or UnicodeCategory.OpenPunctuation
            or UnicodeCategory.ClosePunctuation
            or UnicodeCategory.InitialQuotePunctuation
            or UnicodeCategory.FinalQuotePunctuation
            or UnicodeCategory.OtherPunctuation
            or UnicodeCategory.MathSymbol
            or UnicodeCategory.CurrencySymbol
            or UnicodeCategory.ModifierSymbol
            or UnicodeCategory.OtherSymbol => keepPunctuation,
            _ => true,
        };

    /// <summary>Twice, as in <see cref="EmailText"/> and for the same reasons.</summary>
    private static int Compose(Span<char> text, int length)
    {
        var composed = Composition.Compose(Composition.Compose(new string(text[..length])).ToLowerInvariant());
        composed.CopyTo(text);
        return composed.Length;
    }
}

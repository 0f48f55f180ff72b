namespace AudienceSync.Domain.Normalizing;

/// <summary>The letters a-z of a text: accents are removed from their letters, everything else is dropped.</summary>
internal static class LatinLetters
{
    /// <summary>Letters with a stroke, and ligatures, that Unicode does not decompose.</summary>
    private const string Strokes = "ßss ẞss æae Æae œoe Œoe øo Øo łl Łl đd Đd ðd Ðd þth Þth ħh Ħh ıi ŧt Ŧt";

    private static readonly Dictionary<char, string> Others = Strokes.Split(' ').ToDictionary(word => word[0], word => word[1..]);

    /// <summary>Writes a-z, and 0-9 where digits are requested.</summary>
    public static int Write(ReadOnlySpan<char> raw, Span<char> into, bool digits)
    {
        var length = 0;
        foreach (var c in raw)
        {
            if (c is >= 'a' and <= 'z')
            {
                into[length++] = c;
            }
            else if (char.IsAsciiLetterUpper(c))
            {
                into[length++] = (char)(c | 0x20);
            }
            else if (char.IsAsciiDigit(c))
            {
                into[length] = c;
                length += digits ? 1 : 0;
            }
            else if (!char.IsAscii(c))
            {
                length += WriteOther(c, into[length..]);
            }
        }

        return length;
    }

    private static int WriteOther(char c, Span<char> into)
    {
        if (Others.TryGetValue(c, out var letters))
        {
            letters.CopyTo(into);
            return letters.Length;
        }

        int point = c;
        while (CanonicalTables.Decompositions.TryGetValue(point, out var parts))
        {
            point = parts.First;
        }

        if (!char.IsAsciiLetter((char)point) || point > char.MaxValue)
        {
            return 0;
        }

        into[0] = (char)(point | 0x20);
        return 1;
    }
}

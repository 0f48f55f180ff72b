namespace AudienceSync.Domain.Normalizing;

/// <summary>Requirements that every text must meet before it may be hashed.</summary>
internal static class PlainText
{
    /// <summary>A loop, because the span search allocates on short texts until the runtime has recompiled it.</summary>
    public static bool IsDigits(ReadOnlySpan<char> text)
    {
        foreach (var c in text)
        {
            if (!char.IsAsciiDigit(c))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>
    /// Whether every surrogate is paired. UTF-8 replaces an unpaired one by U+FFFD, so two different broken texts would share a digest.
    /// </summary>
    public static bool IsWellFormed(ReadOnlySpan<char> text)
    {
        for (var i = 0; i < text.Length; i++)
        {
            if (!char.IsSurrogate(text[i]))
            {
                continue;
            }

            if (i + 1 == text.Length || !char.IsSurrogatePair(text[i], text[i + 1]))
            {
                return false;
            }

            i++;
        }

        return true;
    }
}

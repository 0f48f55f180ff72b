using System.Text;

namespace AudienceSync.Domain.Normalising;

/// <summary>What every text must be before it may be hashed.</summary>
internal static class PlainText
{
    /// <summary>
    /// Whether every surrogate has its partner. UTF-8 replaces a lone one by U+FFFD, so two different broken texts would share a digest.
    /// </summary>
    public static bool IsWellFormed(ReadOnlySpan<char> text)
    {
        while (!text.IsEmpty)
        {
            var first = text.IndexOfAnyInRange('\uD800', '\uDFFF');
            if (first < 0)
            {
                return true;
            }

            if (Rune.DecodeFromUtf16(text[first..], out _, out var length) != System.Buffers.OperationStatus.Done)
            {
                return false;
            }

            text = text[(first + length)..];
        }

        return true;
    }
}

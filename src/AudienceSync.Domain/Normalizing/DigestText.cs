using System.Buffers;

namespace AudienceSync.Domain.Normalizing;

/// <summary>
/// A SHA-256 as a sender writes it: 64 hex digits in either case, nothing before and nothing after (contracts/google.md 7.5).
/// </summary>
public static class DigestText
{
    private const string OfNothing = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

    private static readonly SearchValues<char> HexDigits = SearchValues.Create("0123456789abcdefABCDEF");

    /// <summary>Whether a trimmed text has the form of a digest.</summary>
    public static bool Is(ReadOnlySpan<char> text) => text.Length == Sha256Hex.Length && !text.ContainsAnyExcept(HexDigits);

    /// <summary>Whether a lower-case digest is that of the empty text.</summary>
    public static bool IsOfNothing(ReadOnlySpan<char> digest) => digest.SequenceEqual(OfNothing);

    /// <summary>Passes a digest through in lower case, into at least <see cref="Sha256Hex.Length"/> characters.</summary>
    public static Cell Write(ReadOnlySpan<char> raw, Span<char> into)
    {
        var text = raw.Trim();
        if (!Is(text))
        {
            return Cell.Empty(CellReason.NotADigest);
        }

        text.ToLowerInvariant(into);
        return into[..Sha256Hex.Length].SequenceEqual(OfNothing)
            ? Cell.Empty(CellReason.Nobody)
            : new Cell(Sha256Hex.Length, CellReason.None, IsDigest: true);
    }
}

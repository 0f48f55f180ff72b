using System.Globalization;

namespace AudienceSync.Host.Ingest.Reading;

/// <summary>
/// Half of a surrogate pair in the name of a property: <c>{"\ud800":1}</c>. No field that is read has such a name, so it is replaced by the
/// replacement character, which makes the rest readable. Values are left as they are: there it invalidates only its own field.
/// </summary>
internal static class SurrogateNames
{
    private const int EscapeLength = 6;

    private static ReadOnlySpan<byte> Replacement => "\\ufffd"u8;

    /// <summary>Replaces them in the raw text of a name, which keeps its length.</summary>
    /// <returns>Whether there were any.</returns>
    public static bool Replace(Span<byte> name)
    {
        var replaced = false;
        for (var at = 0; at < name.Length; at++)
        {
            if (name[at] != (byte)'\\')
            {
                continue;
            }

            if (Unit(name, at) is not { } unit)
            {
                at++; // Any other escape has two characters.
                continue;
            }

            if (char.IsHighSurrogate(unit) && Unit(name, at + EscapeLength) is { } low && char.IsLowSurrogate(low))
            {
                at += (2 * EscapeLength) - 1;
                continue;
            }

            if (char.IsSurrogate(unit))
            {
                Replacement.CopyTo(name[at..]);
                replaced = true;
            }

            at += EscapeLength - 1;
        }

        return replaced;
    }

    // The UTF-16 code unit of an escape like \u0041; null when there is none.
    private static char? Unit(ReadOnlySpan<byte> name, int at) =>
        at + EscapeLength <= name.Length
        && name[at] == (byte)'\\'
        && name[at + 1] == (byte)'u'
        && ushort.TryParse(name.Slice(at + 2, 4), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var unit)
            ? (char)unit
            : null;
}

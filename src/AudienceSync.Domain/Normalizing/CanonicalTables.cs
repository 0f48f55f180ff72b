using System.Collections.Frozen;
using System.Globalization;

namespace AudienceSync.Domain.Normalizing;

/// <summary>
/// The canonical decompositions and combining classes of Unicode 14, from its UnicodeData.txt. Later versions of Unicode only add
/// characters (the normalization stability policy), so a text of today's characters never changes its form.
/// </summary>
/// <remarks>
/// Lines of the resource: <c>00C0=0041 0300</c> decomposes and composes, <c>0340&gt;0300</c> only decomposes, <c>0300-0314:230</c> is a
/// class.
/// </remarks>
internal static class CanonicalTables
{
    private const string Resource = "unicode-14-canonical.txt";

    private static readonly FrozenDictionary<int, byte> Classes;

    static CanonicalTables()
    {
        var decompositions = new Dictionary<int, (int First, int Second)>();
        var compositions = new Dictionary<(int First, int Second), int>();
        var classes = new Dictionary<int, byte>();
        foreach (var line in ReadLines())
        {
            var sign = line.AsSpan().IndexOfAny("=>-");
            var point = Hex(line.AsSpan(0, sign));
            var rest = line.AsSpan(sign + 1);
            if (line[sign] == '-')
            {
                AddClass(classes, point, rest);
                continue;
            }

            var space = rest.IndexOf(' ');
            var parts = space < 0 ? (Hex(rest), 0) : (Hex(rest[..space]), Hex(rest[(space + 1)..]));
            decompositions.Add(point, parts);
            if (line[sign] == '=')
            {
                compositions.Add(parts, point);
            }
        }

        Decompositions = decompositions.ToFrozenDictionary();
        Compositions = compositions.ToFrozenDictionary();
        Classes = classes.ToFrozenDictionary();
    }

    /// <summary>One step of decomposition; the second part is 0 when there is none.</summary>
    public static FrozenDictionary<int, (int First, int Second)> Decompositions { get; }

    /// <summary>Pairs that compose, without the exclusions of UAX 15.</summary>
    public static FrozenDictionary<(int First, int Second), int> Compositions { get; }

    /// <summary>The canonical combining class; 0 for a starter.</summary>
    public static byte ClassOf(int point) => Classes.GetValueOrDefault(point);

    private static IEnumerable<string> ReadLines()
    {
        using var stream =
            typeof(CanonicalTables).Assembly.GetManifestResourceStream(Resource)
            ?? throw new InvalidOperationException($"The assembly lacks its resource {Resource}.");
        using var reader = new StreamReader(stream);
        while (reader.ReadLine() is { Length: > 0 } line)
        {
            yield return line;
        }
    }

    private static void AddClass(Dictionary<int, byte> classes, int first, ReadOnlySpan<char> rest)
    {
        var colon = rest.IndexOf(':');
        var last = Hex(rest[..colon]);
        var value = byte.Parse(rest[(colon + 1)..]);
        for (var point = first; point <= last; point++)
        {
            classes.Add(point, value);
        }
    }

    private static int Hex(ReadOnlySpan<char> text) => int.Parse(text, NumberStyles.AllowHexSpecifier);
}

using System.Text;

namespace AudienceSync.Domain.Normalizing;

/// <summary>
/// Unicode normalization form C (UAX 15). The runtime's own does nothing under invariant globalization and otherwise depends on the
/// machine's ICU; a digest must be the same on every machine and permanently, so the tables are included.
/// </summary>
internal static class Composition
{
    /// <summary>Below this every text is composed already: no combining mark and no singleton exists there.</summary>
    private const char FirstOfInterest = '\u0300';

    private const int HangulBase = 0xAC00;
    private const int LeadBase = 0x1100;
    private const int VowelBase = 0x1161;
    private const int TailBase = 0x11A7;
    private const int LeadCount = 19;
    private const int VowelCount = 21;
    private const int TailCount = 28;
    private const int HangulCount = LeadCount * VowelCount * TailCount;

    /// <summary>The composed text; <paramref name="text"/> itself when it is composed already. Expects paired surrogates.</summary>
    public static string Compose(string text)
    {
        if (IsPlain(text))
        {
            return text;
        }

        var points = new List<int>(text.Length + 8);
        foreach (var rune in text.EnumerateRunes())
        {
            Decompose(rune.Value, points);
        }

        Order(points);
        Join(points);
        var composed = new StringBuilder(text.Length);
        foreach (var point in points)
        {
            composed.Append(new Rune(point).ToString());
        }

        return composed.Length == text.Length && composed.Equals(text) ? text : composed.ToString();
    }

    /// <summary>A loop, because the span search allocates on short texts until the runtime has recompiled it, and ids are short.</summary>
    private static bool IsPlain(string text)
    {
        foreach (var c in text)
        {
            if (c >= FirstOfInterest)
            {
                return false;
            }
        }

        return true;
    }

    private static void Decompose(int point, List<int> into)
    {
        var syllable = point - HangulBase;
        if (syllable is >= 0 and < HangulCount)
        {
            into.Add(LeadBase + (syllable / (VowelCount * TailCount)));
            into.Add(VowelBase + (syllable % (VowelCount * TailCount) / TailCount));
            if (syllable % TailCount > 0)
            {
                into.Add(TailBase + (syllable % TailCount));
            }
        }
        else if (CanonicalTables.Decompositions.TryGetValue(point, out var parts))
        {
            Decompose(parts.First, into);
            if (parts.Second > 0)
            {
                Decompose(parts.Second, into);
            }
        }
        else
        {
            into.Add(point);
        }
    }

    /// <summary>
    /// Sorts each run of marks by class, keeping the order within a class (UAX 15 D109). A run is sorted by insertion: it is short, or
    /// hostile and bounded by the caller.
    /// </summary>
    private static void Order(List<int> points)
    {
        for (var i = 1; i < points.Count; i++)
        {
            var mark = CanonicalTables.ClassOf(points[i]);
            for (var j = i; mark > 0 && j > 0 && CanonicalTables.ClassOf(points[j - 1]) > mark; j--)
            {
                (points[j - 1], points[j]) = (points[j], points[j - 1]);
            }
        }
    }

    /// <summary>Joins each starter with the marks that are not blocked from it (UAX 15 D117), in place.</summary>
    private static void Join(List<int> points)
    {
        var starter = -1;
        var kept = 0;
        var before = 0;
        foreach (var point in points.ToArray())
        {
            var mark = CanonicalTables.ClassOf(point);
            var blocked = starter < kept - 1 && (before == 0 || before >= mark);
            if (starter >= 0 && !blocked && Pair(points[starter], point) is var joined and > 0)
            {
                points[starter] = joined;
                continue;
            }

            if (mark == 0)
            {
                starter = kept;
            }

            before = mark;
            points[kept++] = point;
        }

        points.RemoveRange(kept, points.Count - kept);
    }

    private static int Pair(int first, int second)
    {
        if (first - LeadBase is >= 0 and < LeadCount && second - VowelBase is >= 0 and < VowelCount)
        {
            return HangulBase + ((((first - LeadBase) * VowelCount) + (second - VowelBase)) * TailCount);
        }

        if (
            first - HangulBase is >= 0 and < HangulCount
            && (first - HangulBase) % TailCount == 0
            && second - TailBase is > 0 and < TailCount
        )
        {
            return first + (second - TailBase);
        }

        return CanonicalTables.Compositions.GetValueOrDefault((first, second));
    }
}

namespace AudienceSync.Domain.Identity;

/// <summary>
/// The encoder of RFC 3492, for labels of internationalized domains. <see cref="System.Globalization.IdnMapping"/> is not used, because it
/// maps by the machine's ICU unless the process runs in invariant mode, and a canonical form must not depend on where it is computed.
/// </summary>
public static class Punycode
{
    /// <summary>Maximum number of characters of a label (RFC 1035).</summary>
    public const int MaxLabelChars = 63;

    private const int Base = 36;
    private const int TMin = 1;
    private const int TMax = 26;

    /// <summary>
    /// The label with its prefix <c>xn--</c>; null when it does not fit into 63 characters. The text is lower case, composed and well
    /// formed.
    /// </summary>
    public static string? Encode(string label)
    {
        ArgumentNullException.ThrowIfNull(label);
        var points = label.EnumerateRunes().Select(rune => rune.Value).ToArray();
        var output = new System.Text.StringBuilder("xn--");
        output.Append([.. label.Where(char.IsAscii)]);
        var basic = output.Length - 4;
        if (points.Length > MaxLabelChars)
        {
            return null;
        }

        if (basic > 0)
        {
            output.Append('-');
        }

        var (n, delta, bias, handled) = (128, 0, 72, basic);
        while (handled < points.Length)
        {
            var next = points.Where(point => point >= n).Min();
            delta += (next - n) * (handled + 1);
            n = next;
            foreach (var point in points)
            {
                delta += point < n ? 1 : 0;
                if (point == n)
                {
                    WriteDelta(output, delta, bias);
                    bias = Adapt(delta, handled + 1, handled == basic);
                    delta = 0;
                    handled++;
                }
            }

            delta++;
            n++;
        }

        return output.Length <= MaxLabelChars ? output.ToString() : null;
    }

    private static void WriteDelta(System.Text.StringBuilder output, int delta, int bias)
    {
        for (var k = Base; ; k += Base)
        {
            var t = Math.Clamp(k - bias, TMin, TMax);
            if (delta < t)
            {
                output.Append(Digit(delta));
                return;
            }

            output.Append(Digit(t + ((delta - t) % (Base - t))));
            delta = (delta - t) / (Base - t);
        }
    }

    private static int Adapt(int delta, int count, bool first)
    {
        delta = first ? delta / 700 : delta / 2;
        delta += delta / count;
        var k = 0;
        for (; delta > (Base - TMin) * TMax / 2; k += Base)
        {
            delta /= Base - TMin;
        }

        return k + ((Base - TMin + 1) * delta / (delta + 38));
    }

    private static char Digit(int value) => (char)(value < 26 ? 'a' + value : '0' + value - 26);
}

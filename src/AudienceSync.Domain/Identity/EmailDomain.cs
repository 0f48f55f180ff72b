using System.Globalization;
using System.Text;

namespace AudienceSync.Domain.Identity;

/// <summary>
/// The domain of an email address, as A-labels (<c>xn--...</c>): this is the form in which browsers submit it, mail servers forward it, and
/// account lists of platforms hold it, and the only one that does not depend on a version of Unicode.
/// </summary>
internal static class EmailDomain
{
    private const int MaxChars = 253;

    /// <summary>Turns a lower-case, composed domain into its canonical form.</summary>
    public static IdentifierFault TryCanonicalize(string text, out string domain)
    {
        domain = text;
        if (!Ascii.IsValid(text))
        {
            var labels = FoldWidth(text).TrimEnd('.').Split('.');
            for (var i = 0; i < labels.Length; i++)
            {
                if (Ascii.IsValid(labels[i]))
                {
                    continue;
                }

                if (!labels[i].EnumerateRunes().All(IsOfLabel) || Punycode.Encode(labels[i]) is not { } encoded)
                {
                    return IdentifierFault.InvalidDomain;
                }

                labels[i] = encoded;
            }

            domain = string.Join('.', labels);
        }

        return Fault(domain);
    }

    /// <summary>Whether an ASCII domain can exist: two labels or more, of letters, digits and inner hyphens, the last one a name.</summary>
    public static IdentifierFault Fault(ReadOnlySpan<char> domain)
    {
        if (domain.Length > MaxChars)
        {
            return IdentifierFault.InvalidDomain;
        }

        var (labels, start, letters) = (0, 0, false);
        for (var i = 0; i <= domain.Length; i++)
        {
            if (i < domain.Length && domain[i] != '.')
            {
                if (!char.IsAsciiLetterLower(domain[i]) && !char.IsAsciiDigit(domain[i]) && domain[i] != '-')
                {
                    return IdentifierFault.InvalidDomain;
                }

                letters |= char.IsAsciiLetterLower(domain[i]);
                continue;
            }

            var label = domain[start..i];
            if (label.Length is 0 or > Punycode.MaxLabelChars || label[0] == '-' || label[^1] == '-')
            {
                return IdentifierFault.InvalidDomain;
            }

            (labels, start) = (labels + 1, i + 1);
            letters &= i == domain.Length;
        }

        return labels < 2 ? IdentifierFault.NoDottedDomain
            : letters ? IdentifierFault.None
            : IdentifierFault.InvalidDomain;
    }

    /// <summary>Full-width letters and the full stops of Chinese and Japanese keyboards stand for the ASCII ones (UTS 46).</summary>
    private static string FoldWidth(string text)
    {
        var folded = new StringBuilder(text.Length);
        foreach (var c in text)
        {
            folded.Append(
                c switch
                {
                    '\u3002' or '\uFF0E' or '\uFF61' => '.',
                    >= '\uFF01' and <= '\uFF5E' => char.ToLowerInvariant((char)(c - 0xFEE0)),
                    _ => c,
                }
            );
        }

        return folded.ToString();
    }

    private static bool IsOfLabel(Rune rune) =>
        rune.IsAscii
            ? char.IsAsciiLetterLower((char)rune.Value) || char.IsAsciiDigit((char)rune.Value) || rune.Value == '-'
            : Rune.GetUnicodeCategory(rune)
                is not (
                    UnicodeCategory.Control
                    or UnicodeCategory.Format
                    or UnicodeCategory.PrivateUse
                    or UnicodeCategory.OtherNotAssigned
                    or UnicodeCategory.SpaceSeparator
                    or UnicodeCategory.LineSeparator
                    or UnicodeCategory.ParagraphSeparator
                    or UnicodeCategory.OtherPunctuation
                    or UnicodeCategory.OpenPunctuation
                    or UnicodeCategory.ClosePunctuation
                    or UnicodeCategory.InitialQuotePunctuation
                    or UnicodeCategory.FinalQuotePunctuation
                    or UnicodeCategory.DashPunctuation
                    or UnicodeCategory.MathSymbol
                    or UnicodeCategory.CurrencySymbol
                );
}

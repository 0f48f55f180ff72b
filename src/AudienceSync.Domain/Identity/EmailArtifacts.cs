using System.Buffers;
using System.Globalization;
using System.Text.RegularExpressions;

namespace AudienceSync.Domain.Identity;

/// <summary>
/// Removes what surrounds an email address in exports, address books and web pages, where it cannot be part of the address:
/// <c>mailto:</c>, brackets, quotes, a name before or a comment after it, punctuation at its ends, HTML and URL escapes.
/// </summary>
internal static partial class EmailArtifacts
{
    /// <summary>Maximum number of characters of an address with everything around it.</summary>
    public const int MaxWrittenChars = 1000;

    private const int MaxRounds = 8;

    /// <summary>Characters that cannot end a domain.</summary>
    private static readonly SearchValues<char> AtEnd = SearchValues.Create(
        ".,;:!?<>\"'`)]}|/\\*\u2019\u201D\u00BB\u3002\uFF0E\uFF0C\uFF1B "
    );

    /// <summary>Characters that cannot begin a local part without quotes, or that begin no address in use.</summary>
    private static readonly SearchValues<char> AtStart = SearchValues.Create(",;:<>\"'`([|\\*\u2018\u201C\u00AB ");

    private static readonly SearchValues<char> Separators = SearchValues.Create(",;|/ \t\r\n&\u00A0\u3000\uFF0C\uFF1B<>");

    private static readonly string[] Prefixes = ["mailto:", "smtp:", "e-mail:", "email:", "mail:"];

    /// <summary>The address without what surrounds it; <paramref name="several"/> is true when there is more than one.</summary>
    public static string Strip(string text, out bool several)
    {
        several = false;
        for (var round = 0; round < MaxRounds; round++)
        {
            var before = text;
            text = TrimInvisible(Unescape(text));
            text = WithoutAddressAsName(text);
            several = HasSeveral(text);
            if (several)
            {
                return text;
            }

            text = TrimEnds(NamedAddress(text));
            if (text == before)
            {
                return text;
            }
        }

        return text;
    }

    /// <summary>Without spaces, controls, and what copying from a page leaves at the ends: byte order marks, direction marks.</summary>
    public static string TrimInvisible(string text)
    {
        var (start, end) = (0, text.Length);
        while (start < end && IsInvisible(text[start]))
        {
            start++;
        }

        while (end > start && IsInvisible(text[end - 1]))
        {
            end--;
        }

        return start == 0 && end == text.Length ? text : text[start..end];
    }

    /// <summary>White space or controls inside; null when there are none.</summary>
    public static IdentifierFault? InvisibleIn(string text)
    {
        IdentifierFault? fault = null;
        foreach (var c in text)
        {
            if (char.IsWhiteSpace(c))
            {
                return IdentifierFault.WhiteSpace;
            }

            // Joiners are part of words in some scripts, and so of addresses in them (RFC 6532).
            fault = IsInvisible(c) && c is not ('\u200C' or '\u200D') ? IdentifierFault.InvalidText : fault;
        }

        return fault;
    }

    private static bool IsInvisible(char c) =>
        char.IsWhiteSpace(c) || char.IsControl(c) || CharUnicodeInfo.GetUnicodeCategory(c) == UnicodeCategory.Format;

    private static string TrimEnds(string text)
    {
        foreach (var prefix in Prefixes)
        {
            text = text.StartsWith(prefix, StringComparison.OrdinalIgnoreCase) ? text[prefix.Length..].TrimStart('/') : text;
        }

        if (text is ['{', .., '}'])
        {
            text = text[1..^1];
        }

        // The line end of a text that was escaped twice.
        text = text.EndsWith("\\n", StringComparison.Ordinal) || text.EndsWith("\\r", StringComparison.Ordinal) ? text[..^2] : text;
        var (start, end) = (0, text.Length);
        while (start < end && AtStart.Contains(text[start]))
        {
            start++;
        }

        while (end > start && AtEnd.Contains(text[end - 1]))
        {
            end--;
        }

        return start == 0 && end == text.Length ? text : text[start..end];
    }

    /// <summary>
    /// The address in <c>Ann Lee &lt;ann@example.com&gt;</c>, <c>ann@example.com (Ann)</c> or <c>mailto:ann@example.com?subject=x</c>.
    /// </summary>
    private static string NamedAddress(string text)
    {
        var at = text.IndexOf('@', StringComparison.Ordinal);
        var open = at < 0 ? -1 : text.LastIndexOf('<', at);
        var close = at < 0 ? -1 : text.IndexOf('>', at);
        if (open >= 0 && close > at)
        {
            return NamedAddress(text[(open + 1)..close]);
        }

        var comment = at < 0 ? -1 : text.IndexOf('(', at);
        if (comment > at + 1 && text.AsSpan().TrimEnd(".,;:>\"' ") is [.., ')'])
        {
            return text[..comment];
        }

        var query = at < 0 ? -1 : text.IndexOf('?', at);
        return query > at + 1 && text.StartsWith("mailto:", StringComparison.OrdinalIgnoreCase) ? text[..query] : text;
    }

    /// <summary>Address books write the address in place of a missing name: <c>ann@example.com &lt;ann@example.com&gt;</c>.</summary>
    private static string WithoutAddressAsName(string text)
    {
        var open = text.IndexOf('<', StringComparison.Ordinal);
        if (open <= 0 || text[^1] != '>')
        {
            return text;
        }

        var (name, address) = (TrimEnds(text[..open].Trim()), text[(open + 1)..^1].Trim());
        return name.Equals(address, StringComparison.OrdinalIgnoreCase) ? address : text;
    }

    private static bool HasSeveral(string text)
    {
        var first = text.IndexOf('@', StringComparison.Ordinal);
        var last = text.LastIndexOf('@');
        return last > first && text.AsSpan(first + 1, last - first - 1).ContainsAny(Separators);
    }

    private static string Unescape(string text)
    {
        if (text.Contains('&', StringComparison.Ordinal) && text.Contains(';', StringComparison.Ordinal))
        {
            text = Entity().Replace(text, match => Character(match.Groups["name"].Value) ?? match.Value);
        }

        return text.Contains('@', StringComparison.Ordinal) || !text.Contains("%40", StringComparison.Ordinal)
            ? text
            : Percent().Replace(text, match => ((char)Convert.ToInt32(match.Groups["hex"].Value, 16)).ToString());
    }

    private static string? Character(string name)
    {
        if (name[0] == '#')
        {
            var hex = name[1] is 'x' or 'X';
            var digits = name.AsSpan(hex ? 2 : 1);
            return
                int.TryParse(digits, hex ? NumberStyles.AllowHexSpecifier : NumberStyles.None, CultureInfo.InvariantCulture, out var point)
                && point is > 0 and < 0x10000
                && !char.IsSurrogate((char)point)
                ? ((char)point).ToString()
                : null;
        }

        return name.ToLowerInvariant() switch
        {
            "amp" => "&",
            "lt" => "<",
            "gt" => ">",
            "quot" => "\"",
            "apos" => "'",
            "nbsp" => " ",
            "commat" => "@",
            "period" => ".",
            "plus" => "+",
            "lowbar" => "_",
            "hyphen" or "dash" => "-",
            _ => null,
        };
    }

    [GeneratedRegex(
        "&(?<name>#[0-9]{1,6}|#[xX][0-9a-fA-F]{1,5}|[a-zA-Z]{2,8});",
        RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture,
        matchTimeoutMilliseconds: 1000
    )]
    private static partial Regex Entity();

    [GeneratedRegex(
        "%(?<hex>[2-7][0-9a-fA-F])",
        RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture,
        matchTimeoutMilliseconds: 1000
    )]
    private static partial Regex Percent();
}

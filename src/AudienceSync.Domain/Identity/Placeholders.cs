using System.Collections.Frozen;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using AudienceSync.Domain.Normalizing;

namespace AudienceSync.Domain.Identity;

/// <summary>
/// Values that stand in a field of a person who has no such value: a program's text for "nothing", an unrendered template, zeros. Taken as
/// an identifier, one would merge everyone who has it into one person, so it is treated as absent (design section 6, rule 5). Case,
/// padding, quotes and brackets around it do not matter. A source can declare more (<c>placeholder_ids</c>).
/// </summary>
public sealed class Placeholders
{
    /// <summary>Longer text is not a placeholder.</summary>
    private const int MaxChars = 200;

    /// <summary>
    /// Not a name of a person or a place: absent in every field. Spaces, dots, slashes and hyphens inside do not matter, so one entry
    /// covers <c>not set</c>, <c>not-set</c> and <c>Not_Set</c>. <c>null</c> is also a surname; people with it lose a match key, not their
    /// identity.
    /// </summary>
    private static readonly string[] PlaceholderTexts =
    [
        "null",
        "undefined",
        "none",
        "nullptr",
        "dbnull",
        "nonetype",
        "nothing",
        "notset",
        "notavailable",
        "notapplicable",
        "notprovided",
        "notfound",
        "notdefined",
        "notspecified",
        "nodata",
        "novalue",
        "unset",
        "unspecified",
        "undef",
        "unknown",
        "objectobject",
        "objectnull",
        "objectundefined",
        "infinity",
        "optionalempty",
        "optionalnone",
        "emptystring",
        "nullnull",
        "undefinedundefined",
        "nonenone",
        "true",
        "false",
    ];

    /// <summary>
    /// Absent where it identifies a person, but not in details: Na, Nan, Nil and Guest are names, and NA is Namibia. <c>test</c> is in
    /// neither list, because people who try out a source use it for their only person; a source that sends it for everyone declares it in
    /// its configuration.
    /// </summary>
    private static readonly string[] IdentifierPlaceholders =
    [
        "na",
        "nan",
        "nil",
        "void",
        "empty",
        "blank",
        "missing",
        "value",
        "ref",
        "anonymous",
        "anonym",
        "anon",
        "guest",
        "guestuser",
        "anonymoususer",
        "noemail",
        "nophone",
        "noid",
        "nouser",
        "deleted",
        "redacted",
        "customerid",
        "userid",
    ];

    private static readonly HashSet<string> BuiltInEverywhere = [.. PlaceholderTexts];
    private static readonly HashSet<string> BuiltInIdentifiers = [.. PlaceholderTexts, .. IdentifierPlaceholders];
    private static readonly FrozenSet<string> BuiltInDigests = Digests([.. Written(BuiltInIdentifiers), .. Zeros()])
        .ToFrozenSet(StringComparer.Ordinal);

    private readonly HashSet<string> _ofSource;
    private readonly HashSet<string> _digestsOfSource;

    private Placeholders(IEnumerable<string> ofSource)
    {
        var placeholders = ofSource.Select(placeholder => placeholder.Trim()).Where(placeholder => placeholder.Length > 0).ToList();
        _ofSource = [.. placeholders.Select(placeholder => placeholder.ToLowerInvariant())];
        _digestsOfSource = [.. Digests(Written(placeholders))];
    }

    /// <summary>The placeholders that apply to every source.</summary>
    public static Placeholders BuiltIn { get; } = new([]);

    /// <summary>The built-in placeholders and those of a source, which are compared as a whole, ignoring case.</summary>
    public static Placeholders With(IEnumerable<string> ofSource)
    {
        ArgumentNullException.ThrowIfNull(ofSource);
        return new(ofSource);
    }

    /// <summary>Whether a customer id, an email, a phone or a device id is a placeholder.</summary>
    /// <param name="text">Trimmed.</param>
    /// <param name="hashed">Whether the field is declared to be a digest.</param>
    public bool IsIdentifier(string text, bool hashed = false)
    {
        ArgumentNullException.ThrowIfNull(text);
        if (text.Length > MaxChars)
        {
            return TemplateText.Is(text);
        }

        if (DigestText.Is(text))
        {
            var digest = text.ToLowerInvariant();
            return DigestText.IsOfNothing(digest) || BuiltInDigests.Contains(digest) || _digestsOfSource.Contains(digest) || IsZero(text);
        }

        return !hashed && (IsZero(text) || Is(text, BuiltInIdentifiers) || IsNullAddress(text));
    }

    /// <summary>Whether a name, a place or another detail is a placeholder.</summary>
    /// <param name="text">Trimmed.</param>
    public bool IsDetail(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return text.Length > MaxChars ? TemplateText.Is(text) : IsZero(text) || Is(text, BuiltInEverywhere);
    }

    private bool Is(string text, HashSet<string> placeholders)
    {
        text = Unquoted(text);
        if (TemplateText.Is(text) || (_ofSource.Count > 0 && _ofSource.Contains(text.ToLowerInvariant())))
        {
            return true;
        }

        Span<char> squeezed = stackalloc char[MaxChars];
        if (text.AsSpan().Trim('@').Contains('@') || text is "\\N" or "\\n")
        {
            return text is "\\N" or "\\n";
        }

        var length = Squeeze(text, squeezed, out var inside);
        var placeholder = squeezed[..length];
        return length == 0
            ? IsPunctuation(text)
            : placeholders.GetAlternateLookup<ReadOnlySpan<char>>().Contains(placeholder) || (inside && placeholder is "na");
    }

    private static string Unquoted(string text)
    {
        var (start, end) = (0, text.Length);
        while (start < end && IsQuote(text[start]))
        {
            start++;
        }

        while (end > start && IsQuote(text[end - 1]))
        {
            end--;
        }

        // Quotes and nothing else are an empty value in quotes; the check for punctuation covers them.
        return start == end || (start == 0 && end == text.Length) ? text : text[start..end];
    }

    private static bool IsQuote(char c) =>
        c is '"' or '\'' or '`'
        || char.IsWhiteSpace(c)
        || CharUnicodeInfo.GetUnicodeCategory(c)
            is UnicodeCategory.InitialQuotePunctuation
                or UnicodeCategory.FinalQuotePunctuation
                or UnicodeCategory.Format;

    /// <summary>
    /// Lower case, without the characters around and between letters and digits. <paramref name="inside"/> is true when there were any
    /// between them.
    /// </summary>
    private static int Squeeze(string text, Span<char> into, out bool inside)
    {
        var (length, gap) = (0, false);
        inside = false;
        foreach (var written in text)
        {
            // Full-width forms stand for the ASCII ones.
            var c = written is >= '\uFF01' and <= '\uFF5E' ? (char)(written - 0xFEE0) : written;
            if (char.IsAsciiLetterOrDigit(c))
            {
                inside |= gap && length > 0;
                gap = false;
                into[length++] = char.ToLowerInvariant(c);
            }
            else if (char.IsAscii(c) || IsMark(c))
            {
                gap = true;
            }
            else
            {
                // A letter of another script: part of a real text, and not of a placeholder.
                into[length++] = c;
            }
        }

        return length;
    }

    private static bool IsPunctuation(string text)
    {
        foreach (var c in text)
        {
            if (!IsMark(c))
            {
                return false;
            }
        }

        return true;
    }

    private static bool IsMark(char c) =>
        char.IsPunctuation(c)
        || char.IsSymbol(c)
        || char.IsWhiteSpace(c)
        || char.IsControl(c)
        || CharUnicodeInfo.GetUnicodeCategory(c) == UnicodeCategory.Format;

    /// <summary>0, 000, 0.0, +0, and the uuid of zeros.</summary>
    private static bool IsZero(string text)
    {
        var zero = false;
        foreach (var c in text)
        {
            var isZero = CharUnicodeInfo.GetDecimalDigitValue(c) == 0;
            zero |= isZero;
            if (!isZero && (char.IsLetterOrDigit(c) || char.IsSurrogate(c) || c == '@'))
            {
                return false;
            }
        }

        return zero;
    }

    /// <summary>An address composed of placeholders: <c>null@null.com</c>, <c>undefined@undefined</c>.</summary>
    private static bool IsNullAddress(string text)
    {
        var at = text.IndexOf('@', StringComparison.Ordinal);
        if (at <= 0 || at == text.Length - 1)
        {
            return false;
        }

        var domain = text[(at + 1)..];
        var dot = domain.IndexOf('.', StringComparison.Ordinal);
        return BuiltInEverywhere.Contains(text[..at].ToLowerInvariant())
            && BuiltInEverywhere.Contains((dot < 0 ? domain : domain[..dot]).ToLowerInvariant());
    }

    /// <summary>The forms in which programs write a placeholder, and in which senders hash it.</summary>
    private static IEnumerable<string> Written(IEnumerable<string> placeholders) =>
        placeholders.SelectMany(placeholder =>
            new[]
            {
                placeholder,
                placeholder.ToLowerInvariant(),
                placeholder.ToUpperInvariant(),
                char.ToUpperInvariant(placeholder[0]) + placeholder[1..].ToLowerInvariant(),
            }
        );

    private static IEnumerable<string> Zeros() =>
        [
            " ",
            "-",
            "--",
            "N/A",
            "n/a",
            "#N/A",
            "NaN",
            "[object Object]",
            "{}",
            "[]",
            "\"\"",
            "''",
            "<null>",
            "(null)",
            "<nil>",
            "not set",
            "(not set)",
            "not available",
            "0.0",
            "+",
            "00000000-0000-0000-0000-000000000000",
            "\\N",
            "+undefined",
            "+null",
            "+none",
            "+nan",
            "+NaN",
            "@",
            .. Enumerable.Range(1, 16).SelectMany(count => new[] { new string('0', count), "+" + new string('0', count) }),
        ];

    private static IEnumerable<string> Digests(IEnumerable<string> texts) =>
        texts.Distinct(StringComparer.Ordinal).Select(text => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text))));
}

using System.Buffers;

namespace AudienceSync.Domain.Identity;

/// <summary>
/// An unrendered template: <c>{{customer.email}}</c>, <c>*|EMAIL|*</c>, <c>%%email%%</c>, <c>${email}</c>, <c>{email}</c> and similar.
/// </summary>
internal static class TemplateText
{
    /// <summary>Delimiters of template languages. None occurs in an id, an address, a name or a place.</summary>
    private static readonly SearchValues<string> Marks = SearchValues.Create(
        [
            "{{",
            "}}",
            "{%",
            "%}",
            "{#",
            "#}",
            "{$",
            "{!",
            "<%",
            "%>",
            "<?",
            "?>",
            "[[",
            "]]",
            "[%",
            "%]",
            "*|",
            "|*",
            "${",
            "#{",
            "@{",
            "%{",
            "%%",
            "%7b%7b",
            "%7d%7d",
            "&#123;",
            "&lcub;",
            "{@",
        ],
        StringComparison.OrdinalIgnoreCase
    );

    private static readonly SearchValues<char> FirstOfMark = SearchValues.Create("{}<>?[]%*|$#@&~");

    private static readonly (char Open, char Close)[] Around =
    [
        ('{', '}'),
        ('[', ']'),
        ('<', '>'),
        ('%', '%'),
        ('$', '$'),
        ('#', '#'),
        ('~', '~'),
        ('|', '|'),
    ];

    /// <summary>Whether a trimmed text is a template, or contains part of one.</summary>
    public static bool Is(ReadOnlySpan<char> text) =>
        text.ContainsAny(FirstOfMark)
        && (text.ContainsAny(Marks) || text.StartsWith("@@") || text.StartsWith("##") || IsFieldInBrackets(text) || IsVariable(text));

    /// <summary>Only a field name between two brackets. A uuid in braces does not count, nor does an address.</summary>
    private static bool IsFieldInBrackets(ReadOnlySpan<char> text)
    {
        foreach (var (open, close) in Around)
        {
            if (text.Length > 2 && text[0] == open && text[^1] == close)
            {
                return IsFieldName(text[1..^1].Trim()) && !Guid.TryParse(text, out _);
            }
        }

        return false;
    }

    private static bool IsVariable(ReadOnlySpan<char> text) =>
        text.Length > 1 && text[0] == '$' && IsFieldName(text[1..]) && !text.ContainsAnyInRange('0', '9');

    private static bool IsFieldName(ReadOnlySpan<char> text)
    {
        foreach (var c in text)
        {
            if (
                !char.IsAsciiLetterOrDigit(c)
                && c is not ('_' or '.' or ' ' or ':' or '-' or '|' or '\'' or '"' or '(' or ')' or '[' or ']')
            )
            {
                return false;
            }
        }

        return !text.IsEmpty && (char.IsAsciiLetter(text[0]) || text[0] == '_');
    }
}

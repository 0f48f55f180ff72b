using System.Globalization;
using System.Text;

namespace AudienceSync.Sandbox.Google;

/// <summary>
/// The filter of a list of user lists, contract google 6.3: comparisons joined by AND, in AIP-160 syntax. A value is a word or a quoted
/// string, in which a backslash escapes the next character; <c>:</c> tests whether a text contains another.
/// </summary>
internal sealed class ListFilter
{
    private const int MaxLength = 2_000;

    private static readonly string[] Operators = ["!=", "<=", ">=", "=", "<", ">", ":"];

    private readonly List<Comparison> comparisons = [];

    /// <returns>Null when the filter cannot be parsed. An empty filter matches every list.</returns>
    public static ListFilter? Parse(string text)
    {
        var filter = new ListFilter();
        var at = 0;
        if (text.Length > MaxLength)
        {
            return null;
        }

        for (var first = true; Skip(text, ref at); first = false)
        {
            if (!first && !Take(text, ref at, "AND") || !filter.ReadOne(text, ref at))
            {
                return null;
            }
        }

        return filter;
    }

    public bool Matches(GoogleList list) => comparisons.TrueForAll(comparison => comparison.Matches(list));

    private bool ReadOne(string text, ref int at)
    {
        Skip(text, ref at);
        var start = at;
        while (at < text.Length && (char.IsAsciiLetterOrDigit(text[at]) || text[at] is '_' or '.'))
        {
            at++;
        }

        var field = text[start..at];
        Skip(text, ref at);
        var rest = text[at..];
        if (Take(text, ref at, "IN"))
        {
            return ReadAny(text, ref at, field);
        }

        if (Array.Find(Operators, candidate => rest.StartsWith(candidate, StringComparison.Ordinal)) is not { } operation)
        {
            return false;
        }

        at += operation.Length;
        return Value(text, ref at) is { } value && Add(field, operation, [value]);
    }

    // IN (a, b)
    private bool ReadAny(string text, ref int at, string field)
    {
        var values = new List<string>();
        if (!Take(text, ref at, "("))
        {
            return false;
        }

        do
        {
            if (Value(text, ref at) is not { } value)
            {
                return false;
            }

            values.Add(value);
        } while (Take(text, ref at, ","));

        return Take(text, ref at, ")") && Add(field, "=", values);
    }

    private bool Add(string field, string operation, IReadOnlyList<string> values)
    {
        var known = field switch
        {
            "id" => values.All(value => long.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out _)) && operation != ":",
            "display_name" or "description" or "integration_code" => operation is "=" or "!=" or ":",
            "membership_status" or "access_reason" => operation is "=" or "!=",
            "ingested_user_list_info.upload_key_types" => operation is "=" or "!=" or ":",
            _ => false,
        };
        comparisons.Add(new Comparison(field, operation, values));
        return known;
    }

    private static bool Skip(string text, ref int at)
    {
        while (at < text.Length && text[at] == ' ')
        {
            at++;
        }

        return at < text.Length;
    }

    private static bool Take(string text, ref int at, string word)
    {
        Skip(text, ref at);
        if (!text.AsSpan(at).StartsWith(word, StringComparison.Ordinal))
        {
            return false;
        }

        at += word.Length;
        return true;
    }

    private static string? Value(string text, ref int at)
    {
        if (!Skip(text, ref at))
        {
            return null;
        }

        var quote = text[at];
        var value = new StringBuilder();
        if (quote is not ('"' or '\''))
        {
            while (at < text.Length && text[at] is not (' ' or ',' or '(' or ')' or '"' or '\''))
            {
                value.Append(text[at++]);
            }

            return value.Length > 0 ? value.ToString() : null;
        }

        for (at++; at < text.Length; at++)
        {
            if (text[at] == quote)
            {
                at++;
                return value.ToString();
            }

            at += text[at] == '\\' && at + 1 < text.Length ? 1 : 0;
            value.Append(text[at]);
        }

        // Unterminated quote.
        return null;
    }

    private sealed record Comparison(string Field, string Operation, IReadOnlyList<string> Values)
    {
        public bool Matches(GoogleList list)
        {
            var actual = Of(list);
            return Operation switch
            {
                "=" => Values.Contains(actual, StringComparer.Ordinal),
                "!=" => !Values.Contains(actual, StringComparer.Ordinal),
                ":" => actual.Contains(Values[0], StringComparison.OrdinalIgnoreCase),
                "<" => Compare(actual) < 0,
                "<=" => Compare(actual) <= 0,
                ">" => Compare(actual) > 0,
                _ => Compare(actual) >= 0,
            };
        }

        private string Of(GoogleList list) =>
            Field switch
            {
                "id" => list.Id,
                "display_name" => list.Form.DisplayName,
                "description" => list.Form.Description ?? "",
                "integration_code" => list.Form.IntegrationCode ?? "",
                "membership_status" => list.Form.Closed ? "CLOSED" : "OPEN",
                "access_reason" => "OWNED",
                _ => UserListForm.Kinds[(int)list.Form.Kind],
            };

        private int Compare(string actual) =>
            long.Parse(actual, CultureInfo.InvariantCulture).CompareTo(long.Parse(Values[0], CultureInfo.InvariantCulture));
    }
}

using System.Buffers;
using System.Text;
using System.Text.Json;
using AudienceSync.Domain;

namespace AudienceSync.Host.Ingest.Reading;

/// <summary>
/// Converts <c>application/x-www-form-urlencoded</c> into the JSON that the event reader takes: <c>email=x</c> is a field,
/// <c>person[email]=x</c> and <c>person.email=x</c> are fields of an object, <c>tags[]=x</c> is an array. Every value is text.
/// <para>
/// A field that is there twice, whose escapes are invalid or whose bytes are not UTF-8 is a <see cref="BodyDefect"/>, as in JSON; one
/// without a readable name is left out.
/// </para>
/// </summary>
internal static class FormFields
{
    /// <summary>Maximum number of fields in one form: far more than an event has, and few enough to cost little.</summary>
    public const int MaxFields = 1_000;

    private static readonly SearchValues<char> Ends = SearchValues.Create(".[");

    /// <summary>False when it is not a form, or nothing of it can be read.</summary>
    /// <param name="form">The body.</param>
    /// <param name="json">The JSON it stands for.</param>
    /// <param name="defect">The fields that could not be read; null when there are none.</param>
    public static bool TryRead(ReadOnlySpan<byte> form, out ReadOnlyMemory<byte> json, out BodyDefect? defect)
    {
        (json, defect) = (default, null);
        var root = new Node();
        var (fields, isWhole) = (0, true);
        form = form.TrimEnd("\r\n"u8);
        foreach (var range in form.Split((byte)'&'))
        {
            var pair = form[range];
            if (pair.IsEmpty)
            {
                continue;
            }

            if (++fields > MaxFields)
            {
                return false;
            }

            var equals = pair.IndexOf((byte)'=');
            var name = Decode(equals < 0 ? pair : pair[..equals])?.Trim();
            var value = equals < 0 ? "" : Decode(pair[(equals + 1)..]);
            isWhole &= name is not null && value is not null;
            isWhole &= string.IsNullOrEmpty(name) || root.TryPut(Path(name), value);
        }

        if (root.IsEmpty)
        {
            return false;
        }

        defect = isWhole ? null : new BodyDefect(IngestProblem.MalformedForm, root.Twice());
        var buffer = new ArrayBufferWriter<byte>(form.Length * 2);
        using (var writer = new Utf8JsonWriter(buffer))
        {
            root.Write(writer);
        }

        json = buffer.WrittenMemory;
        return true;
    }

    // Null when an escape is invalid, or the bytes are not UTF-8.
    private static string? Decode(ReadOnlySpan<byte> text)
    {
        var bytes = new byte[text.Length];
        var length = 0;
        for (var i = 0; i < text.Length; i++)
        {
            var one = text[i];
            if (one == '%')
            {
                if (
                    i + 2 >= text.Length
                    || !byte.TryParse(text.Slice(i + 1, 2), System.Globalization.NumberStyles.AllowHexSpecifier, null, out one)
                )
                {
                    return null;
                }

                i += 2;
            }
            else if (one == '+')
            {
                one = (byte)' ';
            }

            bytes[length++] = one;
        }

        var plain = bytes.AsSpan(0, length);
        return System.Text.Unicode.Utf8.IsValid(plain) ? Encoding.UTF8.GetString(plain) : null;
    }

    // person[address][city] and person.address.city are both person, address, city; an empty last step appends an item to an array. A name
    // that is not a valid path is a field that is never read, and no reason to lose the rest.
    private static List<string> Path(string name)
    {
        var path = new List<string>();
        if (TryPath(name, path))
        {
            return path;
        }

        return name.Contains("[]", StringComparison.Ordinal) ? [name, ""] : [name];
    }

    private static bool TryPath(ReadOnlySpan<char> rest, List<string> path)
    {
        var end = rest.IndexOfAny(Ends);
        path.Add((end < 0 ? rest : rest[..end]).ToString());
        rest = end < 0 ? default : rest[end..];
        while (!rest.IsEmpty && path[^1].Length > 0 && path.Count < Limits.JsonDepth - 1)
        {
            var isBracket = rest[0] == '[';
            rest = rest[1..];
            end = isBracket ? rest.IndexOf(']') : rest.IndexOfAny(Ends);
            if (isBracket ? end < 0 : end == 0 || rest.IsEmpty)
            {
                return false;
            }

            path.Add((end < 0 ? rest : rest[..end]).ToString());
            rest = end < 0 ? default : rest[(end + (isBracket ? 1 : 0))..];
            if (isBracket && !rest.IsEmpty && rest[0] is not ('[' or '.'))
            {
                return false;
            }
        }

        return rest.IsEmpty && path[0].Length > 0;
    }

    /// <summary>Text, an object, or an array of texts: exactly one of them. What is more than one cannot be read.</summary>
    private sealed class Node
    {
        private Dictionary<string, Node>? _fields;
        private List<string?>? _items;
        private string? _text;
        private bool _isUnreadable;
        private bool _isTwice;

        public bool IsEmpty => _fields is null;

        private bool IsText => _text is not null || _isUnreadable;

        /// <summary>False when there is something else in its place.</summary>
        /// <param name="path">Where.</param>
        /// <param name="value">Null when it cannot be read.</param>
        /// <param name="step">How much of the path leads to this node.</param>
        public bool TryPut(List<string> path, string? value, int step = 0)
        {
            if (step == path.Count)
            {
                _isTwice |= IsText || _fields is not null || _items is not null;
                (_text, _isUnreadable) = (value, value is null);
                return !_isTwice;
            }

            var isItem = path[step].Length == 0;
            if (IsText || (isItem ? _fields is not null : _items is not null))
            {
                _isTwice = true;
                return false;
            }

            if (isItem)
            {
                (_items ??= []).Add(value);
                return true;
            }

            _fields ??= new Dictionary<string, Node>(StringComparer.Ordinal);
            if (!_fields.TryGetValue(path[step], out var field))
            {
                _fields.Add(path[step], field = new Node());
            }

            return field.TryPut(path, value, step + 1);
        }

        /// <summary>Of an event: see <see cref="BodyDefect.Twice"/>.</summary>
        public NeededFields Twice() =>
            TwiceIn(this, isPerson: false)
            | (_fields!.TryGetValue("person", out var person) ? TwiceIn(person, isPerson: true) : NeededFields.None);

        public void Write(Utf8JsonWriter writer)
        {
            if (_isTwice || _isUnreadable)
            {
                writer.WriteRawValue(BodyDefect.Unreadable, skipInputValidation: true);
            }
            else if (_fields is not null)
            {
                writer.WriteStartObject();
                foreach (var (name, field) in _fields)
                {
                    writer.WritePropertyName(name);
                    field.Write(writer);
                }

                writer.WriteEndObject();
            }
            else if (_items is not null)
            {
                writer.WriteStartArray();
                foreach (var item in _items)
                {
                    Write(writer, item);
                }

                writer.WriteEndArray();
            }
            else
            {
                Write(writer, _text);
            }
        }

        private static void Write(Utf8JsonWriter writer, string? text)
        {
            if (text is null)
            {
                writer.WriteRawValue(BodyDefect.Unreadable, skipInputValidation: true);
            }
            else
            {
                writer.WriteStringValue(text);
            }
        }

        private static NeededFields TwiceIn(Node node, bool isPerson) =>
            (node._fields ?? [])
                .Where(field => field.Value._isTwice)
                .Aggregate(NeededFields.None, (twice, field) => twice | BodyDefect.Of(field.Key, isPerson));
    }
}

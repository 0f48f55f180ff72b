using System.Text;

namespace AudienceSync.Host.Requests;

/// <summary>
/// Parses a query string strictly: the framework repairs invalid percent-encoded UTF-8, and a repaired value is a different value.
/// </summary>
internal static class QueryText
{
    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>Names and values in their order. A name or a value that cannot be read is null.</summary>
    public static IEnumerable<(string? Name, string? Value)> Read(string? query)
    {
        foreach (var pair in (query ?? "").TrimStart('?').Split('&'))
        {
            if (pair.Length > 0)
            {
                var end = pair.IndexOf('=', StringComparison.Ordinal);
                yield return (Decode(end < 0 ? pair : pair[..end]), end < 0 ? "" : Decode(pair[(end + 1)..]));
            }
        }
    }

    private static string? Decode(string text)
    {
        var bytes = new byte[text.Length];
        var length = 0;
        for (var index = 0; index < text.Length; index++)
        {
            if (text[index] != '%' && char.IsAscii(text[index]))
            {
                bytes[length++] = text[index] == '+' ? (byte)' ' : (byte)text[index];
            }
            else if (
                text[index] == '%'
                && index + 2 < text.Length
                && char.IsAsciiHexDigit(text[index + 1])
                && char.IsAsciiHexDigit(text[index + 2])
            )
            {
                bytes[length++] = Convert.ToByte(text.Substring(index + 1, 2), 16);
                index += 2;
            }
            else
            {
                return null;
            }
        }

        return ToText(bytes.AsSpan(0, length));
    }

    private static string? ToText(ReadOnlySpan<byte> bytes)
    {
        try
        {
            var text = Utf8.GetString(bytes);
            return text.Any(char.IsControl) ? null : text;
        }
        catch (DecoderFallbackException)
        {
            return null;
        }
    }
}

using Microsoft.Extensions.Primitives;

namespace AudienceSync.Host.Ingest;

/// <summary>Only <c>application/json</c>, only UTF-8, only uncompressed: nothing is guessed.</summary>
internal static class MediaType
{
    private const string Json = "application/json";

    public static IngestProblem? Refusal(StringValues contentType, StringValues contentEncoding)
    {
        if (contentEncoding.Count > 0 && contentEncoding != "identity")
        {
            return IngestProblem.UnsupportedEncoding;
        }

        return contentType is [{ } type] && IsJson(type) ? null : IngestProblem.UnsupportedType;
    }

    private static bool IsJson(ReadOnlySpan<char> type)
    {
        var semicolon = type.IndexOf(';');
        var name = (semicolon < 0 ? type : type[..semicolon]).Trim();
        if (!name.Equals(Json, StringComparison.OrdinalIgnoreCase))
        {
            return false;
        }

        var parameter = semicolon < 0 ? default : type[(semicolon + 1)..].Trim();
        return parameter.IsEmpty
            || parameter.Equals("charset=utf-8", StringComparison.OrdinalIgnoreCase)
            || parameter.Equals("charset=\"utf-8\"", StringComparison.OrdinalIgnoreCase);
    }
}

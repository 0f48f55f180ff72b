using Microsoft.Extensions.Primitives;

namespace AudienceSync.Host.Ingest;

/// <summary>
/// The accepted media types of a body: JSON, a form, or plain text that holds JSON, as sent by senders that have a single field for the
/// body. Parameters do not matter: whatever <c>charset</c> is declared, a body is read as UTF-8 or refused. A body without a type is taken
/// as JSON, because a refusal would lose a removal. Uncompressed only.
/// </summary>
internal static class MediaType
{
    /// <param name="contentType">The header.</param>
    /// <param name="contentEncoding">The header.</param>
    /// <param name="isForm">Whether the body is a form.</param>
    public static IngestProblem? Refusal(StringValues contentType, StringValues contentEncoding, out bool isForm)
    {
        isForm = false;
        if (contentEncoding.Count > 0 && contentEncoding != "identity")
        {
            return IngestProblem.UnsupportedEncoding;
        }

        if (contentType.Count == 0)
        {
            return null;
        }

        if (contentType is not [{ } type])
        {
            return IngestProblem.UnsupportedType;
        }

        var name = Name(type);
        isForm = Is(name, "application/x-www-form-urlencoded") || Is(name, "x-www-form-urlencoded");
        return isForm || name.IsEmpty || IsJson(name) || Is(name, "text/plain") ? null : IngestProblem.UnsupportedType;
    }

    /// <summary>The same for a batch, which has no form, and may be declared as lines of JSON.</summary>
    /// <param name="contentType">The header.</param>
    /// <param name="contentEncoding">The header.</param>
    /// <param name="isLines">Whether each line is declared to be an event.</param>
    public static IngestProblem? BatchRefusal(StringValues contentType, StringValues contentEncoding, out bool isLines)
    {
        isLines = contentType is [{ } type] && IsLines(Name(type));
        return isLines && (contentEncoding.Count == 0 || contentEncoding == "identity")
            ? null
            : Refusal(contentType, contentEncoding, out var isForm) ?? (isForm ? IngestProblem.UnsupportedType : null);
    }

    private static bool IsLines(ReadOnlySpan<char> name) =>
        Is(name, "application/x-ndjson")
        || Is(name, "application/ndjson")
        || Is(name, "application/jsonl")
        || Is(name, "application/x-jsonlines")
        || Is(name, "application/jsonlines");

    private static bool IsJson(ReadOnlySpan<char> name) =>
        Is(name, "application/json")
        || Is(name, "text/json")
        || (
            name.StartsWith("application/", StringComparison.OrdinalIgnoreCase)
            && name.EndsWith("+json", StringComparison.OrdinalIgnoreCase)
        );

    private static bool Is(ReadOnlySpan<char> name, ReadOnlySpan<char> type) => name.Equals(type, StringComparison.OrdinalIgnoreCase);

    private static ReadOnlySpan<char> Name(ReadOnlySpan<char> type)
    {
        type = type.Trim();
        var end = type.IndexOfAny(";, \t");
        return end < 0 ? type : type[..end];
    }
}

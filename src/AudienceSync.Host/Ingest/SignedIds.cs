using System.Buffers;
using System.Text.Json;
using AudienceSync.Domain;
using AudienceSync.Host.Ingest.Reading;

namespace AudienceSync.Host.Ingest;

/// <summary>
/// Determines whether every event of a body has its id in the body, where the signature covers it. Otherwise the request must be
/// remembered.
/// </summary>
internal static class SignedIds
{
    /// <summary>Shorter text may be a placeholder that is not an id; the reader decides that.</summary>
    private const int MinUnambiguousLength = 16;

    private static readonly SearchValues<char> Digits = SearchValues.Create("123456789");

    private static readonly SearchValues<char> TemplateCharacters = SearchValues.Create("{}[]<>%$ ");

    public static bool AreAllIn(JsonElement root)
    {
        if (root.ValueKind != JsonValueKind.Array)
        {
            return IsIn(root);
        }

        foreach (var item in root.EnumerateArray())
        {
            if (!IsIn(item))
            {
                return false;
            }
        }

        return true;
    }

    // The first check costs nothing and decides nearly all cases; the second is the reader's own, without headers.
    private static bool IsIn(JsonElement item)
    {
        if (item.ValueKind != JsonValueKind.Object || !item.TryGetProperty("event_id"u8, out var id))
        {
            return false;
        }

        if (id.ValueKind == JsonValueKind.String && IsUnambiguousId(System.Runtime.InteropServices.JsonMarshal.GetRawUtf8Value(id)))
        {
            return true;
        }

        try
        {
            WarningList ignored = default;
            return default(SenderKey).TryRead(item, null, isRemoval: false, ref ignored, out var key, out var isTest) is null
                && key is not null
                && !isTest;
        }
        catch (InvalidOperationException)
        {
            // Half of a surrogate pair: not an id.
            return false;
        }
    }

    private static bool IsUnambiguousId(ReadOnlySpan<byte> quoted)
    {
        if (quoted.Length is < MinUnambiguousLength or > Limits.EventIdChars)
        {
            return false;
        }

        Span<char> text = stackalloc char[quoted.Length];
        var length = System.Text.Encoding.Latin1.GetChars(quoted, text);
        text = text[1..(length - 1)];
        return text.ContainsAny(Digits) && !text.ContainsAny(TemplateCharacters) && !text.Contains('\\');
    }
}

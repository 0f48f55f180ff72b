using System.Net;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace AudienceSync.Host.Tests.Requests;

/// <summary>What may be accepted, known without the code of the Host: strict bodies, and removals with one field that is not.</summary>
internal static partial class FuzzOracle
{
    /// <summary>Deeper than any body of the generator.</summary>
    public const int MaxDepth = 1_000;

    private static readonly UTF8Encoding StrictText = new(false, throwOnInvalidBytes: true);
    private static readonly JsonDocumentOptions StrictJson = new() { AllowDuplicateProperties = false, MaxDepth = MaxDepth };

    private static readonly string[] Removals = ["audience_remove", "person_suppress"];

    /// <summary>Whether the body is one that nobody can read in two ways.</summary>
    public static bool IsStrict(byte[] body, bool isForm) => isForm ? IsStrictForm(body) : IsStrictJson(body);

    /// <summary>Whether it is the removal of one person at one time, whatever its other fields are.</summary>
    public static bool IsRemoval(byte[] body, bool isForm)
    {
        var fields = isForm ? FormFields(body) : JsonFields(body);
        return fields.Where(field => field.Name == "event").Select(field => field.Value).ToArray() is [{ } name]
            && Removals.Contains(name)
            && fields.Count(field => field.Name == "occurred_at") <= 1
            && (isForm || fields.Count(field => field.Name == "person") <= 1);
    }

    private static bool IsStrictJson(byte[] body)
    {
        try
        {
            using var document = JsonDocument.Parse(StrictText.GetString(body), StrictJson);
            return document.RootElement.ValueKind is JsonValueKind.Object or JsonValueKind.Array;
        }
        catch (Exception broken) when (broken is JsonException or DecoderFallbackException or InvalidOperationException)
        {
            return false; // The JSON reader throws the last one for half a surrogate pair in a name.
        }
    }

    private static List<(string Name, string? Value)> JsonFields(byte[] body)
    {
        using var document = JsonDocument.Parse(body, new JsonDocumentOptions { MaxDepth = MaxDepth });
        return document.RootElement.ValueKind != JsonValueKind.Object
            ? []
            :
            [
                .. document
                    .RootElement.EnumerateObject()
                    .Select(field =>
                        (
                            Encoding.Latin1.GetString(JsonMarshal.GetRawUtf8PropertyName(field)),
                            (string?)Encoding.Latin1.GetString(JsonMarshal.GetRawUtf8Value(field.Value)).Trim('"')
                        )
                    ),
            ];
    }

    // Items of a list may share a name; which other names mean the same field is not checked here.
    private static bool IsStrictForm(byte[] body)
    {
        var fields = FormFields(body);
        var names = fields.Where(field => field.Name.Length > 0 && !field.Name.Contains("[]", StringComparison.Ordinal)).ToList();
        return fields.TrueForAll(field => field.Value is not null) && names.DistinctBy(field => field.Name).Count() == names.Count;
    }

    // The value is null when name or value cannot be read.
    private static List<(string Name, string? Value)> FormFields(byte[] body) =>
        [
            .. Encoding
                .Latin1.GetString(body)
                .TrimEnd('\r', '\n')
                .Split('&', StringSplitOptions.RemoveEmptyEntries)
                .Select(pair => pair.Split('=', 2))
                .Select(pair => (Name: Decoded(pair[0]), Value: pair.Length < 2 ? "" : Decoded(pair[1])))
                .Select(pair => (pair.Name?.Trim() ?? "", pair.Name is null ? null : pair.Value)),
        ];

    private static string? Decoded(string text)
    {
        if (BadEscape().IsMatch(text))
        {
            return null;
        }

        var bytes = Encoding.Latin1.GetBytes(text);
        try
        {
            return StrictText.GetString(WebUtility.UrlDecodeToBytes(bytes, 0, bytes.Length));
        }
        catch (DecoderFallbackException)
        {
            return null;
        }
    }

    [GeneratedRegex("%(?![0-9A-Fa-f]{2})", RegexOptions.None, matchTimeoutMilliseconds: 1_000)]
    private static partial Regex BadEscape();
}

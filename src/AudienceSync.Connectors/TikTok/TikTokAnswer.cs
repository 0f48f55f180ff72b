using System.Text.Json;
using AudienceSync.Connectors.Http;

namespace AudienceSync.Connectors.TikTok;

/// <summary>The envelope of a response (contracts/tiktok.md 4).</summary>
internal sealed record TikTokAnswer
{
    /// <summary>Texts in the message of 40002 that mean the audience cannot be edited now, as opposed to a wrong parameter (10).</summary>
    private static readonly string[] NotEditableTexts = ["not editable", "being updated", "processing"];

    public bool IsJson { get; private init; }

    public int? Code { get; private init; }

    /// <summary>Read from the message, which is never stored: it may quote what we sent.</summary>
    public bool IsNotEditable { get; private init; }

    public string? RequestId { get; private init; }

    /// <summary>A copy, so that it outlives the document; undefined when there is none.</summary>
    public JsonElement Data { get; private init; }

    public static TikTokAnswer Parse(ReadOnlyMemory<byte> body)
    {
        try
        {
            using var document = JsonDocument.Parse(body, JsonFields.Options);
            var root = document.RootElement;
            var message = root.Text("message") ?? "";
            return new TikTokAnswer
            {
                IsJson = true,
                Code = root.Int("code"),
                IsNotEditable = Array.Exists(NotEditableTexts, text => message.Contains(text, StringComparison.OrdinalIgnoreCase)),
                RequestId = root.Name("request_id"),
                Data = root.Object("data")?.Clone() ?? default,
            };
        }
        catch (JsonException)
        {
            return new TikTokAnswer();
        }
    }
}

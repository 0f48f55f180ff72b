using System.Buffers;
using System.Text.Json;
using AudienceSync.Domain.Decisions;
using AudienceSync.Host.Ingest;

namespace AudienceSync.Host.Decisions;

/// <summary>Writes an answer as one flat JSON object.</summary>
internal static class DecisionAnswer
{
    public static Task WriteAsync(HttpContext context, IReadOnlyList<NamedValue> fields)
    {
        var buffer = new ArrayBufferWriter<byte>(512);
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            FieldJson.Write(json, fields);
            json.WriteEndObject();
        }

        var response = context.Response;
        response.ContentType = "application/json";
        response.ContentLength = buffer.WrittenCount;
        response.Headers.CacheControl = "no-store";
        response.BodyWriter.Write(buffer.WrittenSpan);
        return response.BodyWriter.FlushAsync().AsTask();
    }
}

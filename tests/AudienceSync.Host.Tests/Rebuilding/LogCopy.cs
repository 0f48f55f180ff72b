using System.Buffers.Binary;
using System.Text;
using System.Text.Json;
using AudienceSync.Domain.Events;
using AudienceSync.Host.Projection.Rebuilding;

namespace AudienceSync.Host.Tests.Rebuilding;

/// <summary>A log as PostgreSQL would send it in a binary COPY of <see cref="ScannedEvent.Columns"/>.</summary>
internal static class LogCopy
{
    private const int HeaderBytes = 19;
    private const short Columns = 7;

    public static MemoryStream Of(IEnumerable<LogEvent> log)
    {
        var stream = new MemoryStream();
        stream.Write(new byte[HeaderBytes]);
        foreach (var logged in log)
        {
            Write(stream, logged);
        }

        WriteInt16(stream, -1);
        stream.Position = 0;
        return stream;
    }

    private static void Write(MemoryStream stream, LogEvent logged)
    {
        using var json = JsonDocument.Parse(logged.Data);
        WriteInt16(stream, Columns);
        var position = new byte[sizeof(long)];
        BinaryPrimitives.WriteInt64BigEndian(position, logged.Position.Value);
        WriteColumn(stream, position);
        WriteColumn(stream, logged.Person.Value.ToByteArray(bigEndian: true));
        WriteColumn(stream, Encoding.UTF8.GetBytes(logged.Type));
        WriteColumn(stream, Text(json, "audienceKey"));
        WriteColumn(stream, Text(json, "occurredAt"));
        var hasConsent = json.RootElement.TryGetProperty("consent", out var consent);
        WriteColumn(stream, hasConsent ? Json(Encoding.UTF8.GetBytes(consent.GetRawText())) : null);
        WriteColumn(stream, logged.Type is EventTypes.MemberAdded or EventTypes.MemberRemoved ? null : Json(logged.Data));
    }

    private static byte[]? Text(JsonDocument json, string name) =>
        json.RootElement.TryGetProperty(name, out var value) ? Encoding.UTF8.GetBytes(value.GetString()!) : null;

    // The binary form of jsonb is a version and the text.
    private static byte[] Json(byte[] utf8) => [1, .. utf8];

    private static void WriteColumn(MemoryStream stream, byte[]? value)
    {
        var length = new byte[sizeof(int)];
        BinaryPrimitives.WriteInt32BigEndian(length, value?.Length ?? -1);
        stream.Write(length);
        stream.Write(value ?? []);
    }

    private static void WriteInt16(MemoryStream stream, short value)
    {
        var bytes = new byte[sizeof(short)];
        BinaryPrimitives.WriteInt16BigEndian(bytes, value);
        stream.Write(bytes);
    }
}

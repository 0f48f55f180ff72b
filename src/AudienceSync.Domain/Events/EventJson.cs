using System.Buffers;
using System.Globalization;
using System.Text.Json;
using System.Text.Unicode;

namespace AudienceSync.Domain.Events;

/// <summary>
/// Converts events to JSON and back, in camel case as Marten's serializer writes them. Written by hand because appending is the hot path;
/// the golden files define the format.
/// </summary>
public static class EventJson
{
    private static readonly JsonWriterOptions Compact = new() { SkipValidation = true };

    // Kept per thread: an event is written for every webhook, and its buffers are most of what that would allocate.
    [ThreadStatic]
    private static (ArrayBufferWriter<byte> Buffer, Utf8JsonWriter Json)? _mine;

    /// <summary>Writes the event's data column as UTF-8.</summary>
    public static byte[] Write(IStoredEvent stored)
    {
        var (buffer, json) = _mine ??= Writer();
        buffer.ResetWrittenCount();
        json.Reset();
        json.WriteStartObject();
        switch (stored)
        {
            case IAudienceEvent audienceEvent:
                WriteAudienceEvent(json, audienceEvent);
                break;
            case PersonIdentifiersChanged changed:
                json.WriteNumber("revision"u8, changed.Revision);
                break;
            case IRegistryEvent registry:
                RegistryJson.Write(json, registry);
                break;
            case MessageOutcomeRecorded outcome:
                OutcomeJson.Write(json, outcome);
                break;
            default:
                WritePersonEvent(json, stored);
                break;
        }

        json.WriteEndObject();
        json.Flush();
        return buffer.WrittenSpan.ToArray();
    }

    /// <summary>
    /// Adds to an audience event's data that the webhook repeated what an identifier revision holds (docs/decisions/0009): without it the
    /// time of the repeated claims would be lost.
    /// </summary>
    public static byte[] WithClaimedKinds(byte[] data, int revision, int kinds)
    {
        Span<byte> tail = stackalloc byte[64];
        Utf8.TryWrite(tail, CultureInfo.InvariantCulture, $",\"saidRevision\":{revision},\"saidKinds\":{kinds}}}", out var written);
        var whole = new byte[data.Length - 1 + written];
        data.AsSpan(0, data.Length - 1).CopyTo(whole);
        tail[..written].CopyTo(whole.AsSpan(data.Length - 1));
        return whole;
    }

    /// <summary>
    /// Adds the sender's own time to the data of an event for which another time counts (the receiver's, when the sender's clock was
    /// ahead), so that it is kept. No rule reads it.
    /// </summary>
    public static byte[] WithSenderTime(byte[] data, DateTimeOffset written)
    {
        Span<byte> tail = stackalloc byte[64];
        Utf8.TryWrite(
            tail,
            CultureInfo.InvariantCulture,
            $",\"senderOccurredAt\":\"{written.UtcDateTime:yyyy-MM-dd'T'HH:mm:ss.FFFFFF'Z'}\"}}",
            out var length
        );
        return [.. data.AsSpan(0, data.Length - 1), .. tail[..length]];
    }

    private static void WritePersonEvent(Utf8JsonWriter json, IStoredEvent stored)
    {
        switch (stored)
        {
            case PersonLinked linked:
                json.WriteString("owner"u8, linked.Owner.Value);
                break;
            case PersonConsentChanged changed:
                WriteOrigin(json, changed.OccurredAt, changed.Source);
                WriteConsent(json, changed.Consent);
                break;
            case PersonSuppressed suppressed:
                WriteOrigin(json, suppressed.OccurredAt, suppressed.Source);
                WriteText(json, "destination"u8, suppressed.Destination);
                WriteText(json, "reason"u8, suppressed.Reason);
                break;
            case PersonSuppressionLifted lifted:
                WriteOrigin(json, lifted.OccurredAt, lifted.Source);
                WriteText(json, "destination"u8, lifted.Destination);
                WriteText(json, "reason"u8, lifted.Reason);
                break;
            case PersonErasureRequested erasure:
                json.WriteString("occurredAt"u8, erasure.OccurredAt.UtcDateTime);
                json.WriteString("erasure"u8, erasure.Erasure);
                break;
            case PersonErased erased:
                json.WriteString("occurredAt"u8, erased.OccurredAt.UtcDateTime);
                json.WriteString("erasure"u8, erased.Erasure);
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(stored), stored.GetType().Name, "The event type has no JSON form.");
        }
    }

    private static void WriteOrigin(Utf8JsonWriter json, DateTimeOffset occurredAt, string source)
    {
        json.WriteString("occurredAt"u8, occurredAt.UtcDateTime);
        json.WriteString("source"u8, source);
    }

    private static void WriteConsent(Utf8JsonWriter json, Consent consent)
    {
        if (consent.IsStated)
        {
            json.WriteStartObject("consent"u8);
            WriteAnswer(json, "adUserData"u8, consent.AdUserData);
            WriteAnswer(json, "adPersonalization"u8, consent.AdPersonalization);
            json.WriteEndObject();
        }
    }

    private static (ArrayBufferWriter<byte> Buffer, Utf8JsonWriter Json) Writer()
    {
        var buffer = new ArrayBufferWriter<byte>(512);
        return (buffer, new Utf8JsonWriter(buffer, Compact));
    }

    /// <summary>
    /// Reads an event of a known alias, in the current form or an older one. Unknown properties are ignored: a newer version may have
    /// written them.
    /// </summary>
    public static IStoredEvent Read(string alias, ReadOnlyMemory<byte> data)
    {
        using var document = JsonDocument.Parse(data);
        var (current, form) = EventUpcasters.Current(alias, document.RootElement);
        return EventJsonReader.Read(current, form);
    }

    /// <summary>Reads only the consent of an audience event.</summary>
    public static Consent ReadConsent(ReadOnlySpan<byte> data)
    {
        var json = new Utf8JsonReader(data);
        using var document = JsonDocument.ParseValue(ref json);
        return EventJsonReader.ReadConsent(document.RootElement);
    }

    private static void WriteAudienceEvent(Utf8JsonWriter json, IAudienceEvent audienceEvent)
    {
        json.WriteString("audienceKey"u8, audienceEvent.AudienceKey.Value);
        WriteOrigin(json, audienceEvent.OccurredAt, audienceEvent.Source);
        WriteConsent(json, audienceEvent.Consent);
        if (audienceEvent.Context is { } context)
        {
            json.WriteStartObject("context"u8);
            WriteText(json, "journey"u8, context.Journey);
            WriteText(json, "step"u8, context.Step);
            WriteText(json, "variant"u8, context.Variant);
            WriteText(json, "message"u8, context.Message);
            json.WriteEndObject();
        }
    }

    private static void WriteText(Utf8JsonWriter json, ReadOnlySpan<byte> name, string? text)
    {
        if (text is not null)
        {
            json.WriteString(name, text);
        }
    }

    private static void WriteAnswer(Utf8JsonWriter json, ReadOnlySpan<byte> name, ConsentAnswer answer)
    {
        if (answer != ConsentAnswer.Unspecified)
        {
            json.WriteString(name, answer == ConsentAnswer.Granted ? "granted"u8 : "denied"u8);
        }
    }
}

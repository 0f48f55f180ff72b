using System.Buffers;
using System.Text;
using System.Text.Json;
using AudienceSync.Domain.Feedback;

namespace AudienceSync.Connectors.CustomerIo;

/// <summary>
/// By which identifier the service knows a person: their id there, or their email address. Exactly one of them is sent.
/// </summary>
/// <param name="Kind"><c>id</c> or <c>email</c>.</param>
/// <param name="Value">The identifier.</param>
public readonly record struct FeedbackPerson(string Kind, string Value)
{
    /// <summary>Personal data never reaches a log by accident.</summary>
    public override string ToString() => $"{Kind}(***)";
}

/// <summary>What happened to a person at a destination.</summary>
/// <param name="Id">The same however often it is sent.</param>
/// <param name="Name">Of the event.</param>
/// <param name="At">When it happened.</param>
public sealed record FeedbackEvent(FactId Id, string Name, DateTimeOffset At)
{
    public required string Audience { get; init; }

    public required string AudienceKey { get; init; }

    public required string Destination { get; init; }

    public required string Platform { get; init; }

    /// <summary><c>add</c> or <c>remove</c>.</summary>
    public required string Operation { get; init; }

    /// <summary>A stable code; null where nothing failed.</summary>
    public string? Reason { get; init; }
}

/// <summary>An item of a batch, or why there is none.</summary>
/// <param name="Json">The item; null when it cannot be sent.</param>
/// <param name="Refusal">The code of the reason.</param>
public readonly record struct FeedbackItem(byte[]? Json, string? Refusal)
{
    /// <summary>Personal data never reaches a log by accident.</summary>
    public override string ToString() => Refusal ?? $"{Json?.Length} bytes";
}

/// <summary>
/// Writes items and batches of the v2 API. Attributes are always sent with <c>_update</c>, so that a late one does not bring a deleted
/// person back, and with the time at which they were true, so that the order in which pages arrive does not matter.
/// </summary>
public static class CustomerIoPayload
{
    public const string TooLarge = "cio_item_too_large";
    public const string IdentifierTooLong = "cio_identifier_too_long";

    private const string EmailDeliverable = "email_deliverable";
    private const string SmsDeliverable = "sms_deliverable";
    private const string LastEmailClickAt = "last_email_click_at";
    private const string ComplaintCount = "complaint_count";
    private const string AdsSuppressed = "ads_suppressed";

    private static readonly HashSet<string> Attributes =
    [
        EmailDeliverable,
        SmsDeliverable,
        LastEmailClickAt,
        ComplaintCount,
        AdsSuppressed,
        "_update",
        "_timestamp",
        "audience",
        "audience_key",
        "destination",
        "platform",
        "operation",
        "reason",
    ];

    private static readonly JsonWriterOptions Form = new()
    {
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>Whether we send an attribute, or data of an event, of this name.</summary>
    public static bool IsAttribute(string name) => Attributes.Contains(name);

    public static FeedbackItem Event(FeedbackPerson person, FeedbackEvent happened)
    {
        ArgumentNullException.ThrowIfNull(happened);
        return Item(
            person,
            "event",
            json =>
            {
                json.WriteString("name", happened.Name);
                json.WriteString("id", happened.Id.Text);
                json.WriteNumber("timestamp", happened.At.ToUnixTimeSeconds());
                json.WriteStartObject("attributes");
                json.WriteString("audience", happened.Audience);
                json.WriteString("audience_key", happened.AudienceKey);
                json.WriteString("destination", happened.Destination);
                json.WriteString("platform", happened.Platform);
                json.WriteString("operation", happened.Operation);
                if (happened.Reason is { } reason)
                {
                    json.WriteString("reason", reason);
                }

                json.WriteEndObject();
            }
        );
    }

    /// <param name="person">The person.</param>
    /// <param name="traits">What is true.</param>
    /// <param name="at">When it is.</param>
    public static FeedbackItem Identify(FeedbackPerson person, PersonTraits traits, DateTimeOffset at) =>
        Item(
            person,
            "identify",
            json =>
            {
                json.WriteNumber("timestamp", at.ToUnixTimeSeconds());
                json.WriteStartObject("attributes");
                json.WriteBoolean("_update", true);
                json.WriteNumber("_timestamp", at.ToUnixTimeSeconds());
                Write(json, traits);
                json.WriteEndObject();
            }
        );

    /// <summary>The body of a batch.</summary>
    public static byte[] Batch(IReadOnlyList<byte[]> items)
    {
        ArgumentNullException.ThrowIfNull(items);
        var body = new ArrayBufferWriter<byte>(FrameBytes + items.Sum(item => item.Length + 1));
        body.Write("""{"batch":["""u8);
        for (var i = 0; i < items.Count; i++)
        {
            if (i > 0)
            {
                body.Write(","u8);
            }

            body.Write(items[i]);
        }

        body.Write("]}"u8);
        return body.WrittenSpan.ToArray();
    }

    /// <summary>Divides items into batches that are not too large, in order.</summary>
    /// <param name="items">Each of at most <see cref="CustomerIoLimits.ItemBytes"/>.</param>
    public static IEnumerable<IReadOnlyList<byte[]>> Batches(IEnumerable<byte[]> items)
    {
        ArgumentNullException.ThrowIfNull(items);
        var batch = new List<byte[]>();
        var bytes = FrameBytes;
        foreach (var item in items)
        {
            if (batch.Count > 0 && bytes + item.Length + 1 > CustomerIoLimits.BatchBytes)
            {
                yield return batch;
                (batch, bytes) = ([], FrameBytes);
            }

            batch.Add(item);
            bytes += item.Length + 1;
        }

        if (batch.Count > 0)
        {
            yield return batch;
        }
    }

    /// <summary>The body of the outcome of a step.</summary>
    public static byte[] Metric(string deliveryId, string metric, DateTimeOffset at, string? reason)
    {
        var body = new ArrayBufferWriter<byte>(256);
        using (var json = new Utf8JsonWriter(body, Form))
        {
            json.WriteStartObject();
            json.WriteString("delivery_id", deliveryId);
            json.WriteString("metric", metric);
            json.WriteNumber("timestamp", at.ToUnixTimeSeconds());
            if (reason is not null)
            {
                json.WriteString("reason", reason);
            }

            json.WriteEndObject();
        }

        return body.WrittenSpan.ToArray();
    }

    private const int FrameBytes = 12;

    private static FeedbackItem Item(FeedbackPerson person, string action, Action<Utf8JsonWriter> rest)
    {
        if (Encoding.UTF8.GetByteCount(person.Value) > CustomerIoLimits.IdentifierBytes)
        {
            return new FeedbackItem(null, IdentifierTooLong);
        }

        var body = new ArrayBufferWriter<byte>(512);
        using (var json = new Utf8JsonWriter(body, Form))
        {
            json.WriteStartObject();
            json.WriteString("type", "person");
            json.WriteString("action", action);
            json.WriteStartObject("identifiers");
            json.WriteString(person.Kind, person.Value);
            json.WriteEndObject();
            rest(json);
            json.WriteEndObject();
        }

        return body.WrittenCount > CustomerIoLimits.ItemBytes
            ? new FeedbackItem(null, TooLarge)
            : new FeedbackItem(body.WrittenSpan.ToArray(), null);
    }

    private static void Write(Utf8JsonWriter json, PersonTraits traits)
    {
        if (traits.EmailDeliverable is { } email)
        {
            json.WriteBoolean(EmailDeliverable, email);
        }

        if (traits.SmsDeliverable is { } sms)
        {
            json.WriteBoolean(SmsDeliverable, sms);
        }

        if (traits.LastEmailClickAt is { } clicked)
        {
            json.WriteNumber(LastEmailClickAt, clicked.ToUnixTimeSeconds());
        }

        if (traits.ComplaintCount is { } complaints)
        {
            json.WriteNumber(ComplaintCount, complaints);
        }

        json.WriteBoolean(AdsSuppressed, traits.AdsSuppressed);
    }
}

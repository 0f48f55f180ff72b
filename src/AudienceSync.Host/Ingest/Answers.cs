using System.Buffers;
using System.Text.Json;
using AudienceSync.Host.Ingest.Append;
using AudienceSync.Host.Ingest.Quarantine;

namespace AudienceSync.Host.Ingest;

/// <summary>Writes the response to the sender, directly into the response's buffer.</summary>
internal static class Answers
{
    private const string JsonType = "application/json";
    private const string ProblemType = "application/problem+json";

    /// <summary>Seconds after which a refused sender may retry: long enough to drain a full queue, short enough to lose no time.</summary>
    private const string RetryAfter_s = "2";

    private static ReadOnlySpan<byte> AcceptedStart => "{\"status\":\"accepted\",\"receipt_id\":\""u8;

    private static ReadOnlySpan<byte> AcceptedEnd => "\"}"u8;

    public static Task WriteAsync(HttpContext context, Receipt receipt)
    {
        var response = context.Response;
        if (receipt is { Status: Receipt.Accepted, Warnings: null, Id: { } id })
        {
            return WriteAcceptedAsync(response, id);
        }

        response.StatusCode = StatusOf(receipt);
        return WriteAsync(response, JsonType, receipt, static (json, one) => Write(json, one));
    }

    public static Task WriteAsync(HttpContext context, Receipt[] receipts)
    {
        var response = context.Response;
        response.StatusCode = StatusOf(receipts);
        return WriteAsync(
            response,
            JsonType,
            receipts,
            static (json, all) =>
            {
                json.WriteStartObject();
                Write(json, all);
                json.WriteEndObject();
            }
        );
    }

    /// <summary>
    /// The response to a batch: what an array gets, and totals. The same for the first request and every retry, so duplicates are not
    /// counted.
    /// </summary>
    public static Task WriteBatchAsync(HttpContext context, Receipt[] receipts)
    {
        var response = context.Response;
        response.StatusCode = StatusOf(receipts);
        return WriteAsync(
            response,
            JsonType,
            receipts,
            static (json, all) =>
            {
                json.WriteStartObject();
                json.WriteStartObject("totals"u8);
                json.WriteNumber("events"u8, all.Length);
                json.WriteNumber("accepted"u8, all.Count(receipt => receipt.Status == Receipt.Accepted));
                json.WriteNumber("quarantined"u8, all.Count(receipt => receipt.Status == Receipt.Quarantined));
                json.WriteNumber("refused"u8, all.Count(receipt => receipt.Status == Receipt.Refused));
                json.WriteNumber("with_warnings"u8, all.Count(receipt => receipt.Warnings is not null));
                json.WriteEndObject();
                Write(json, all);
                json.WriteEndObject();
            }
        );
    }

    /// <summary>
    /// The response to a report: 200 whatever became of it. <c>ignored</c> means that nothing of it was kept, because it names an erased
    /// person.
    /// </summary>
    public static Task WriteReportAsync(HttpContext context, Receipt receipt)
    {
        context.Response.StatusCode = StatusCodes.Status200OK;
        var status = receipt switch
        {
            { Status: Receipt.Accepted, Duplicate: true } => "duplicate",
            { Status: Receipt.Accepted } => Receipt.Accepted,
            { Status: Receipt.Refused } => "ignored",
            _ => "kept",
        };
        return WriteAsync(
            context.Response,
            JsonType,
            status,
            static (json, one) =>
            {
                json.WriteStartObject();
                json.WriteString("status"u8, one);
                json.WriteEndObject();
            }
        );
    }

    public static Task WriteAsync(HttpContext context, IngestProblem problem)
    {
        var response = context.Response;
        response.StatusCode = problem.Status;
        if (problem.Retryable)
        {
            response.Headers.RetryAfter = RetryAfter_s;
        }
        else if (problem.Status == StatusCodes.Status401Unauthorized)
        {
            response.Headers.WWWAuthenticate = "Bearer";
        }

        return WriteAsync(
            response,
            ProblemType,
            problem,
            static (json, one) =>
            {
                json.WriteStartObject();
                json.WriteString("type"u8, "urn:audiencesync:problem:" + one.Code);
                json.WriteString("title"u8, one.Code.Replace('_', ' '));
                json.WriteNumber("status"u8, one.Status);
                json.WriteString("code"u8, one.Code);
                json.WriteString("detail"u8, one.Detail);
                json.WriteBoolean("retryable"u8, one.Retryable);
                json.WriteEndObject();
            }
        );
    }

    // By far the most frequent response: its bytes are fixed except for the id.
    private static Task WriteAcceptedAsync(HttpResponse response, Guid id)
    {
        const int IdChars = 36;
        var length = AcceptedStart.Length + IdChars + AcceptedEnd.Length;
        response.StatusCode = StatusCodes.Status200OK;
        response.ContentType = JsonType;
        response.ContentLength = length;
        var buffer = response.BodyWriter.GetSpan(length);
        AcceptedStart.CopyTo(buffer);
        id.TryFormat(buffer[AcceptedStart.Length..], out _);
        AcceptedEnd.CopyTo(buffer[(AcceptedStart.Length + IdChars)..]);
        response.BodyWriter.Advance(length);
        return response.BodyWriter.FlushAsync().AsTask();
    }

    // The sender of a reporting webhook treats any response other than 200 as a reason to hold back the events that follow.
    private static int StatusOf(Receipt receipt) =>
        receipt.Status == Receipt.Accepted || receipt.Code == QuarantineReason.ReportingWebhook.Code
            ? StatusCodes.Status200OK
            : StatusCodes.Status202Accepted;

    private static int StatusOf(Receipt[] receipts) =>
        Array.TrueForAll(receipts, receipt => StatusOf(receipt) == StatusCodes.Status200OK)
            ? StatusCodes.Status200OK
            : StatusCodes.Status202Accepted;

    private static void Write(Utf8JsonWriter json, Receipt[] receipts)
    {
        json.WriteStartArray("results"u8);
        foreach (var receipt in receipts)
        {
            Write(json, receipt);
        }

        json.WriteEndArray();
    }

    private static void Write(Utf8JsonWriter json, Receipt receipt)
    {
        json.WriteStartObject();
        json.WriteString("status"u8, receipt.Status);
        if (receipt.Id is { } id)
        {
            json.WriteString("receipt_id"u8, id);
        }

        if (receipt.Code is { } code)
        {
            json.WriteString("code"u8, code);
            json.WriteString("detail"u8, receipt.Detail);
        }

        if (receipt.Warnings is { } warnings)
        {
            json.WriteStartArray("warnings"u8);
            foreach (var warning in warnings)
            {
                json.WriteStartObject();
                json.WriteString("code"u8, warning.Code);
                json.WriteString("field"u8, warning.Field);
                json.WriteEndObject();
            }

            json.WriteEndArray();
        }

        json.WriteEndObject();
    }

    private static Task WriteAsync<T>(HttpResponse response, string type, T value, Action<Utf8JsonWriter, T> write)
    {
        var buffer = new ArrayBufferWriter<byte>(256);
        using (var json = new Utf8JsonWriter(buffer))
        {
            write(json, value);
        }

        response.ContentType = type;
        response.ContentLength = buffer.WrittenCount;
        response.BodyWriter.Write(buffer.WrittenSpan);
        return response.BodyWriter.FlushAsync().AsTask();
    }
}

using System.Text.Json;
using AudienceSync.Shop.Simulation;

namespace AudienceSync.Shop.Sending;

/// <summary>Reads the receiver's answer; an answer that violates the contract becomes Unknown, which fails the run.</summary>
internal static class AnswerReader
{
    public static IReadOnlyList<Answer> Read(Delivery delivery, int status, string body)
    {
        if (status is not (200 or 202))
        {
            return Same(
                delivery,
                new Answer(status is >= 400 and < 500 ? AnswerResult.Refused : AnswerResult.Unknown, status, null, ProblemCode(body))
            );
        }

        try
        {
            using var json = JsonDocument.Parse(body);
            return delivery.IsArray ? ReadResults(delivery, status, json.RootElement) : [ReadOne(status, json.RootElement)];
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            return Same(delivery, new Answer(AnswerResult.Unknown, status, null, "unreadable_answer"));
        }
    }

    public static IReadOnlyList<Answer> Same(Delivery delivery, Answer answer) => [.. delivery.Events.Select(_ => answer)];

    private static IReadOnlyList<Answer> ReadResults(Delivery delivery, int status, JsonElement root)
    {
        Answer[] answers = [.. root.GetProperty("results").EnumerateArray().Select(item => ReadOne(status, item))];
        return answers.Length == delivery.Events.Count
            ? answers
            : Same(delivery, new Answer(AnswerResult.Unknown, status, null, "wrong_result_count"));
    }

    private static Answer ReadOne(int status, JsonElement item)
    {
        var result = item.GetProperty("status").GetString() switch
        {
            "accepted" => AnswerResult.Accepted,
            "quarantined" => AnswerResult.Quarantined,
            "refused" => AnswerResult.Refused,
            _ => AnswerResult.Unknown,
        };
        return new Answer(result, status, Text(item, "receipt_id"), Text(item, "code"), Warnings(item));
    }

    private static string[]? Warnings(JsonElement item) =>
        item.TryGetProperty("warnings", out var warnings)
            ? [.. warnings.EnumerateArray().Select(warning => Text(warning, "code") ?? "no code")]
            : null;

    private static string? ProblemCode(string body)
    {
        try
        {
            using var json = JsonDocument.Parse(body);
            return json.RootElement.ValueKind == JsonValueKind.Object ? Text(json.RootElement, "code") : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static string? Text(JsonElement item, string name) =>
        item.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}

using System.Text.Json;

namespace AudienceSync.Domain.Events;

/// <summary>The JSON of <see cref="MessageOutcomeRecorded"/>: a field without a value is not written.</summary>
internal static class OutcomeJson
{
    /// <summary>Writes the fields.</summary>
    public static void Write(Utf8JsonWriter json, MessageOutcomeRecorded outcome)
    {
        json.WriteString("occurredAt"u8, outcome.OccurredAt.UtcDateTime);
        json.WriteString("source"u8, outcome.Source);
        json.WriteString("channel"u8, outcome.Channel);
        json.WriteString("metric"u8, outcome.Metric);
        if (LabelOf(outcome.Failure) is { } failure)
        {
            json.WriteString("failure"u8, failure);
        }

        if (outcome.Machine)
        {
            json.WriteBoolean("machine"u8, true);
        }

        WriteNumber(json, "campaignId"u8, outcome.CampaignId);
        WriteNumber(json, "broadcastId"u8, outcome.BroadcastId);
        WriteNumber(json, "newsletterId"u8, outcome.NewsletterId);
        WriteNumber(json, "actionId"u8, outcome.ActionId);
        WriteAnswers(json, "topics"u8, outcome.Topics);
        WriteAnswers(json, "channels"u8, outcome.Channels);
    }

    /// <summary>Reads the fields.</summary>
    public static MessageOutcomeRecorded Read(JsonElement data) =>
        new(
            data.GetProperty("occurredAt").GetDateTimeOffset(),
            Text(data, "source") ?? "",
            Text(data, "channel") ?? "",
            Text(data, "metric") ?? ""
        )
        {
            Failure = FailureOf(Text(data, "failure")),
            Machine = data.TryGetProperty("machine", out var machine) && machine.ValueKind == JsonValueKind.True,
            CampaignId = Number(data, "campaignId"),
            BroadcastId = Number(data, "broadcastId"),
            NewsletterId = Number(data, "newsletterId"),
            ActionId = Number(data, "actionId"),
            Topics = Answers(data, "topics"),
            Channels = Answers(data, "channels"),
        };

    /// <summary>The label of a failure; null for none.</summary>
    public static string? LabelOf(DeliveryFailure failure) =>
        failure switch
        {
            DeliveryFailure.Hard => "hard",
            DeliveryFailure.Soft => "soft",
            DeliveryFailure.Blocked => "blocked",
            _ => null,
        };

    // A label of a newer version proves nothing to this one.
    private static DeliveryFailure FailureOf(string? label) =>
        label switch
        {
            "hard" => DeliveryFailure.Hard,
            "soft" => DeliveryFailure.Soft,
            "blocked" => DeliveryFailure.Blocked,
            _ => DeliveryFailure.None,
        };

    private static string? Text(JsonElement data, string name) =>
        data.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private static long? Number(JsonElement data, string name) =>
        data.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Number ? value.GetInt64() : null;

    private static Dictionary<string, bool>? Answers(JsonElement data, string name) =>
        data.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Object
            ? value.EnumerateObject().ToDictionary(answer => answer.Name, answer => answer.Value.GetBoolean(), StringComparer.Ordinal)
            : null;

    private static void WriteNumber(Utf8JsonWriter json, ReadOnlySpan<byte> name, long? value)
    {
        if (value is { } number)
        {
            json.WriteNumber(name, number);
        }
    }

    private static void WriteAnswers(Utf8JsonWriter json, ReadOnlySpan<byte> name, IReadOnlyDictionary<string, bool>? answers)
    {
        if (answers is null)
        {
            return;
        }

        json.WriteStartObject(name);
        foreach (var (key, value) in answers.OrderBy(answer => answer.Key, StringComparer.Ordinal))
        {
            json.WriteBoolean(key, value);
        }

        json.WriteEndObject();
    }
}

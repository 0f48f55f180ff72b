using System.Text.Json;

namespace AudienceSync.Sandbox.Meta;

/// <summary>The simulated fields of an audience object, contract 5.3.</summary>
internal static class AudienceFields
{
    /// <summary>Counts are ranges and never exact: they are in steps of this many people.</summary>
    private const int CountStep = 100;

    /// <summary>
    /// Below this size an audience is too small for ad delivery; the sandbox defines the number, because the contract has none.
    /// </summary>
    private const int MinDeliverable = 100;

    private static readonly string[] Known =
    [
        "id",
        "account_id",
        "name",
        "subtype",
        "approximate_count_lower_bound",
        "approximate_count_upper_bound",
        "operation_status",
        "delivery_status",
        "time_content_updated",
    ];

    public static IReadOnlyList<string> All => Known;

    /// <summary>Without the parameter only the id is returned.</summary>
    public static string[] Of(GraphParameters parameters) =>
        [
            .. new[] { "id" }.Union(
                (parameters.Text("fields") ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
            ),
        ];

    public static GraphError? Unknown(string[] fields) =>
        Array.Find(fields, field => !Known.Contains(field)) is { } unknown
            ? GraphError.Invalid($"Tried accessing nonexisting field ({GraphParameters.Shorten(unknown)}).")
            : null;

    public static void Write(Utf8JsonWriter json, MetaAudience audience, string[] fields, DateTimeOffset now)
    {
        var (code, description) = audience.StatusAt(now);
        var people = audience.List.People;
        var lower = people / CountStep * CountStep;
        json.WriteStartObject();
        foreach (var field in fields)
        {
            switch (field)
            {
                case "id":
                    json.WriteString(field, audience.Id);
                    break;
                case "account_id":
                    json.WriteString(field, audience.Account.Number);
                    break;
                case "name":
                    json.WriteString(field, audience.Name);
                    break;
                case "subtype":
                    json.WriteString(field, "CUSTOM");
                    break;
                case "approximate_count_lower_bound":
                    json.WriteNumber(field, lower);
                    break;
                case "approximate_count_upper_bound":
                    json.WriteNumber(field, people == 0 ? 0 : lower + CountStep);
                    break;
                case "time_content_updated":
                    json.WriteNumber(field, audience.ContentUpdatedAt?.ToUnixTimeSeconds() ?? 0);
                    break;
                case "operation_status":
                    WriteStatus(json, field, code, description);
                    break;
                case "delivery_status" when people < MinDeliverable:
                    WriteStatus(json, field, 300, "Too small");
                    break;
                default:
                    WriteStatus(json, field, 200, "Ready");
                    break;
            }
        }

        json.WriteEndObject();
    }

    private static void WriteStatus(Utf8JsonWriter json, string field, int code, string description)
    {
        json.WriteStartObject(field);
        json.WriteNumber("code", code);
        json.WriteString("description", description);
        json.WriteEndObject();
    }
}

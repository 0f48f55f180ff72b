using System.Text.Json;
using System.Text.Json.Serialization;

namespace AudienceSync.Sandbox;

/// <summary>JSON options of the configuration file and the admin API: snake case; an unknown field is an error.</summary>
internal static class SandboxJson
{
    /// <summary>One account or an array of them.</summary>
    /// <exception cref="JsonException">The JSON does not have that shape, or is null.</exception>
    public static IReadOnlyList<AccountSettings> Accounts(JsonElement json)
    {
        IReadOnlyList<AccountSettings?>? accounts =
            json.ValueKind == JsonValueKind.Array
                ? json.Deserialize<AccountSettings?[]>(Options)
                : [json.Deserialize<AccountSettings>(Options)];
        return [.. accounts!.Select(account => account ?? throw new JsonException("An account is null.", "$", null, null))];
    }

    public static readonly JsonSerializerOptions Options = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        RespectNullableAnnotations = true,
        AllowDuplicateProperties = false,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.SnakeCaseLower, allowIntegerValues: false) },
    };
}

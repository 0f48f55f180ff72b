using System.Net;
using System.Text.Json.Nodes;
using AudienceSync.Shop.Simulation;

namespace AudienceSync.Shop.Sending;

/// <summary>An event as a form sends it: flat fields, and nested fields as <c>person[email]</c> or <c>person.email</c>.</summary>
internal static class FormBody
{
    public const string Type = "application/x-www-form-urlencoded";

    private const int OneIn = 11;

    /// <summary>Determined by the event, so a resend has the same bytes.</summary>
    public static bool Is(Delivery delivery) =>
        !delivery.IsArray && delivery.Events[0] is { Flaw: Flaw.None } single && single.Number % OneIn == 0;

    public static string Write(ShopEvent single)
    {
        var bracketed = single.Number % (2 * OneIn) == 0;
        return string.Join(
            '&',
            Fields(JsonNode.Parse(single.Json)!.AsObject(), prefix: null, bracketed)
                .Select(field => $"{WebUtility.UrlEncode(field.Name)}={WebUtility.UrlEncode(field.Value)}")
        );
    }

    private static IEnumerable<(string Name, string Value)> Fields(JsonObject node, string? prefix, bool bracketed) =>
        node.SelectMany(field =>
        {
            var name =
                prefix is null ? field.Key
                : bracketed ? $"{prefix}[{field.Key}]"
                : $"{prefix}.{field.Key}";
            return field.Value is JsonObject inner ? Fields(inner, name, bracketed) : [(name, field.Value!.ToString())];
        });
}

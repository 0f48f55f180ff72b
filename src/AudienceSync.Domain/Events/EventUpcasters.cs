using System.Text.Json;
using System.Text.Json.Nodes;

namespace AudienceSync.Domain.Events;

/// <summary>
/// Older forms of stored events, converted to the next form when they are read; stored rows are never rewritten. The version is the alias's
/// suffix, as in Marten: <c>audience_key_published</c> is the first, <c>audience_key_published_v2</c> the second. A new form needs a new
/// alias in <see cref="EventTypes"/>, a row here and a golden file beside the old one.
/// </summary>
public static class EventUpcasters
{
    /// <summary>The author where an older form has none: at that time every key was published by the configuration.</summary>
    public const string Configuration = "configuration";

    private static readonly Dictionary<string, (string Next, Action<JsonObject> Change)> Steps = new(StringComparer.Ordinal)
    {
        ["audience_key_published"] = (
            EventTypes.KeyPublished,
            data =>
            {
                data["matchKeys"] = new JsonArray("email", "phone", "customer_id", "device_id", "details");
                data["consentPolicy"] = "assumed";
                data["by"] = Configuration;
            }
        ),
    };

    /// <summary>Aliases that are read but no longer written.</summary>
    public static IReadOnlyCollection<string> Aliases => Steps.Keys;

    /// <summary>The alias and data of the current form; both are returned unchanged when they already have it.</summary>
    public static (string Alias, JsonElement Data) Current(string alias, JsonElement data)
    {
        if (!Steps.ContainsKey(alias))
        {
            return (alias, data);
        }

        var form = JsonObject.Create(data)!.DeepClone().AsObject();
        while (Steps.TryGetValue(alias, out var step))
        {
            step.Change(form);
            alias = step.Next;
        }

        return (alias, JsonSerializer.SerializeToElement(form));
    }

    /// <summary>The alias under which an event of this alias would be written today.</summary>
    public static string CurrentAlias(string alias) => Steps.TryGetValue(alias, out var step) ? CurrentAlias(step.Next) : alias;
}

using System.Text.Json;
using System.Text.Json.Nodes;

namespace AudienceSync.Domain.Events;

/// <summary>
/// Older forms of stored events, brought to the next form when they are read; what is on disk is never rewritten. The version is the alias's
/// suffix, as Marten's: <c>audience_key_published</c> is the first, <c>audience_key_published_v2</c> the second. A new form is a new alias
/// in <see cref="EventTypes"/>, a row here and a golden file beside the old one.
/// </summary>
public static class EventUpcasters
{
    /// <summary>Who is said to have done what an older form does not tell: every key was published by the configuration then.</summary>
    public const string Configuration = "configuration";

    private static readonly Dictionary<string, (string Next, Action<JsonObject> Change)> Steps = new(StringComparer.Ordinal)
    {
        ["audience_key_published"] = (EventTypes.KeyPublished, data =>
        {
            data["matchKeys"] = new JsonArray("email", "phone", "customer_id", "device_id", "details");
            data["consentPolicy"] = "assumed";
            data["by"] = Configuration;
        }),
    };

    /// <summary>Aliases that are read and no longer written.</summary>
    public static IReadOnlyCollection<string> Aliases => Steps.Keys;

    /// <summary>The alias and data of today's form; both as they are when they have it.</summary>
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

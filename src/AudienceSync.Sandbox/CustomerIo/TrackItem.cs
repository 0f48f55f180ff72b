using System.Text;
using System.Text.Json;

namespace AudienceSync.Sandbox.CustomerIo;

internal enum TrackAction
{
    Identify,
    Event,
    Delete,
    Suppress,
    Unsuppress,
}

/// <summary>One change of a person, checked, from either version of the API.</summary>
/// <param name="Timestamp">Unix seconds; for an identify, the time that orders its attributes.</param>
/// <param name="Attributes">Attributes of the person, or data of the event; undefined for none.</param>
/// <param name="Update">The person must exist already (<c>_update</c>).</param>
internal sealed record TrackItem(
    TrackAction Action,
    Identifier Person,
    string Name,
    string? EventId,
    long Timestamp,
    JsonElement Attributes,
    bool Update
)
{
    private const int MaxItemBytes = 32 * 1_000;
    private const int MaxEventNameBytes = 100;
    private const int MaxAttributeNameBytes = 150;
    private const int MaxValueBytes = 1_000;
    public const int MaxAttributes = 300;

    public const string UpdateFlag = "_update";
    public const string TimestampFlag = "_timestamp";

    /// <summary>An item of version 2 (contract customerio 4.2).</summary>
    public static ItemError? Read(JsonElement json, bool phoneEnabled, DateTimeOffset now, out TrackItem? item)
    {
        item = null;
        if (json.ValueKind != JsonValueKind.Object)
        {
            return ItemError.Invalid("", "an object is needed");
        }

        if (System.Runtime.InteropServices.JsonMarshal.GetRawUtf8Value(json).Length > MaxItemBytes)
        {
            return ItemError.Invalid("", "the item is larger than 32 KB");
        }

        if (Text(json, "type") is not "person")
        {
            return json.TryGetProperty("type"u8, out _) ? ItemError.Invalid("type", "unknown type") : ItemError.Required("type");
        }

        if (ActionOf(Text(json, "action"), out var action) is { } wrong)
        {
            return wrong;
        }

        return Identifier.Read(json, phoneEnabled, out var person) ?? Read(json, "attributes", action, person, now, out item);
    }

    /// <summary>A body of version 1: of a person's attributes, or of an event (contract customerio 4.1).</summary>
    public static ItemError? ReadV1(JsonElement json, TrackAction action, Identifier person, DateTimeOffset now, out TrackItem? item)
    {
        item = null;
        if (json.ValueKind != JsonValueKind.Object)
        {
            return ItemError.Invalid("", "an object is needed");
        }

        if (person.Check("identifier") is { } wrong)
        {
            return wrong;
        }

        return action == TrackAction.Identify
            ? ReadIdentify(json, person, now.ToUnixTimeSeconds(), out item)
            : Read(json, "data", action, person, now, out item);
    }

    private static ItemError? Read(
        JsonElement json,
        string attributesField,
        TrackAction action,
        Identifier person,
        DateTimeOffset now,
        out TrackItem? item
    )
    {
        item = null;
        if (Seconds(json, "timestamp", now.ToUnixTimeSeconds()) is not { } timestamp)
        {
            return ItemError.Invalid("timestamp", "unix seconds are needed");
        }

        var given = json.TryGetProperty(attributesField, out var attributes);
        if (given && attributes.ValueKind != JsonValueKind.Object)
        {
            return ItemError.Invalid(attributesField, "an object is needed");
        }

        switch (action)
        {
            case TrackAction.Event:
                return ReadEvent(json, person, timestamp, attributes, out item);
            case TrackAction.Identify:
                return ReadIdentify(attributes, person, timestamp, out item);
            default:
                item = new TrackItem(action, person, "", null, timestamp, default, Update: false);
                return null;
        }
    }

    private static ItemError? ReadEvent(JsonElement json, Identifier person, long timestamp, JsonElement data, out TrackItem? item)
    {
        item = null;
        if (!json.TryGetProperty("name"u8, out var name))
        {
            return ItemError.Required("name");
        }

        var trimmed = name.ValueKind == JsonValueKind.String ? name.GetString()!.Trim() : "";
        if (trimmed.Length == 0 || Encoding.UTF8.GetByteCount(trimmed) > MaxEventNameBytes)
        {
            return ItemError.Invalid("name", "1 to 100 bytes of text are needed");
        }

        if (json.TryGetProperty("id"u8, out var id) && id.ValueKind != JsonValueKind.String)
        {
            return ItemError.Invalid("id", "a text is needed");
        }

        item = new TrackItem(TrackAction.Event, person, trimmed, Text(json, "id"), timestamp, Kept(data), Update: false);
        return null;
    }

    private static ItemError? ReadIdentify(JsonElement attributes, Identifier person, long timestamp, out TrackItem? item)
    {
        item = null;
        var (update, count) = (false, 0);
        foreach (var property in attributes.ValueKind == JsonValueKind.Object ? attributes.EnumerateObject() : default)
        {
            var (name, value) = (property.Name, property.Value);
            var field = $"attributes.{name}";
            switch (name)
            {
                case UpdateFlag when value.ValueKind is JsonValueKind.True or JsonValueKind.False:
                    update = value.GetBoolean();
                    break;
                case UpdateFlag:
                    return ItemError.Invalid(field, "true or false is needed");
                case TimestampFlag when Seconds(value) is { } given:
                    timestamp = given;
                    break;
                case TimestampFlag:
                    return ItemError.Invalid(field, "unix seconds are needed");
                default:
                    count++;
                    if (CheckAttribute(field, name, value) is { } wrong)
                    {
                        return wrong;
                    }

                    break;
            }
        }

        if (count > MaxAttributes)
        {
            return ItemError.Invalid("attributes", "more than 300 attributes");
        }

        item = new TrackItem(TrackAction.Identify, person, "", null, timestamp, Kept(attributes), update);
        return null;
    }

    private static ItemError? CheckAttribute(string field, string name, JsonElement value)
    {
        if (name.Length == 0 || Encoding.UTF8.GetByteCount(name) > MaxAttributeNameBytes)
        {
            return ItemError.Invalid("attributes", "a name has 1 to 150 bytes");
        }

        var bytes =
            value.ValueKind == JsonValueKind.String
                ? Encoding.UTF8.GetByteCount(value.GetString()!)
                : System.Runtime.InteropServices.JsonMarshal.GetRawUtf8Value(value).Length;
        return bytes > MaxValueBytes ? ItemError.Invalid(field, "a value has at most 1000 bytes") : null;
    }

    private static ItemError? ActionOf(string? name, out TrackAction action)
    {
        TrackAction? known = name switch
        {
            "identify" => TrackAction.Identify,
            "event" or "page" or "screen" => TrackAction.Event,
            "delete" => TrackAction.Delete,
            "suppress" => TrackAction.Suppress,
            "unsuppress" => TrackAction.Unsuppress,
            _ => null,
        };
        action = known ?? default;
        return known is not null ? null
            : name is null ? ItemError.Required("action")
            : ItemError.Invalid("action", "unknown, or not imitated by the sandbox");
    }

    private static string? Text(JsonElement json, string field) =>
        json.TryGetProperty(field, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private static long? Seconds(JsonElement json, string field, long otherwise) =>
        json.TryGetProperty(field, out var value) ? Seconds(value) : otherwise;

    private static long? Seconds(JsonElement value) =>
        value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out var seconds) && seconds >= 0 ? seconds : null;

    // The document of the request is gone when the admin API shows the value.
    private static JsonElement Kept(JsonElement value) => value.ValueKind == JsonValueKind.Undefined ? value : value.Clone();
}

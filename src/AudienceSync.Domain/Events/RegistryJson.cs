using System.Text.Json;
using AudienceSync.Domain.Audiences;

namespace AudienceSync.Domain.Events;

/// <summary>The part of <see cref="EventJson"/> for registry events, in both directions.</summary>
internal static class RegistryJson
{
    public static void Write(Utf8JsonWriter json, IRegistryEvent stored)
    {
        switch (stored)
        {
            case AudienceKeyPublished published:
                WriteKey(json, published);
                break;
            case AudienceRegistered registered:
                WriteText(json, registered.Audience, registered.Text);
                break;
            case AudienceDescribed described:
                WriteText(json, described.Audience, described.Text);
                break;
            case AudienceBound bound:
                WriteFeed(json, bound.AudienceKey, null, bound.Remote);
                Flag(json, "exclusive"u8, bound.Exclusive);
                break;
            case AudienceKeyPromoted promoted:
                WriteFeed(json, promoted.AudienceKey, promoted.From, promoted.Remote);
                Optional(json, "lateEvents"u8, promoted.LateEvents == LateEvents.Keep ? null : AudienceLabels.Of(promoted.LateEvents));
                break;
            case AudienceKeyRolledBack back:
                WriteFeed(json, back.AudienceKey, back.From, back.Remote);
                break;
            case AudienceKeyRetired retired:
                json.WriteString("audienceKey"u8, retired.AudienceKey.Value);
                break;
            case AudienceUnbound unbound:
                json.WriteString("audience"u8, unbound.Audience);
                WriteRemote(json, unbound.Remote);
                break;
            case AudienceExperimentDeclared declared:
                json.WriteString("audience"u8, declared.Audience);
                ExperimentJson.Write(json, declared.Experiment);
                break;
            case AudienceExperimentEnded ended:
                json.WriteString("audience"u8, ended.Audience);
                json.WriteString("experiment"u8, ended.Experiment);
                break;
            case AudiencePaused or AudienceResumed:
                json.WriteString("audience"u8, stored.Audience);
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(stored), stored.GetType().Name, "The event type has no JSON form.");
        }

        json.WriteString("by"u8, stored.By);
        Optional(json, "why"u8, stored.Why);
    }

    /// <summary>Null when the alias is not one of the registry's.</summary>
    public static IRegistryEvent? Read(string alias, JsonElement data) =>
        alias switch
        {
            EventTypes.KeyPublished => new AudienceKeyPublished(
                Key(data, "audienceKey"),
                Number(data, "windowS"),
                Text(data, "purpose"),
                Text(data, "owner"),
                Text(data, "definition")
            )
            {
                MatchKeys = MatchKeysOf(data),
                ConsentPolicy = AudienceLabels.TryPolicy(Text(data, "consentPolicy"), out var policy) ? policy : ConsentPolicy.Assumed,
                Inherits = Flag(data, "inherits"),
                By = By(data),
                Why = Text(data, "why"),
            },
            EventTypes.Registered => new AudienceRegistered(Name(data), TextOf(data), By(data), Text(data, "why")),
            EventTypes.Described => new AudienceDescribed(Name(data), TextOf(data), By(data), Text(data, "why")),
            EventTypes.Bound => new AudienceBound(Key(data, "audienceKey"), RemoteOf(data), By(data), Text(data, "why"))
            {
                Exclusive = Flag(data, "exclusive"),
            },
            EventTypes.Unbound => new AudienceUnbound(Name(data), RemoteOf(data), By(data), Text(data, "why")),
            EventTypes.KeyPromoted => new AudienceKeyPromoted(
                Key(data, "audienceKey"),
                Key(data, "from"),
                RemoteOf(data),
                By(data),
                Text(data, "why")
            )
            {
                LateEvents = AudienceLabels.TryLateEvents(Text(data, "lateEvents"), out var late) ? late : LateEvents.Keep,
            },
            EventTypes.KeyRolledBack => new AudienceKeyRolledBack(
                Key(data, "audienceKey"),
                Key(data, "from"),
                RemoteOf(data),
                By(data),
                Text(data, "why")
            ),
            EventTypes.KeyRetired => new AudienceKeyRetired(Key(data, "audienceKey"), By(data), Text(data, "why")),
            EventTypes.ExperimentDeclared => new AudienceExperimentDeclared(
                Name(data),
                ExperimentJson.Read(data),
                By(data),
                Text(data, "why")
            ),
            EventTypes.ExperimentEnded => new AudienceExperimentEnded(
                Name(data),
                data.GetProperty("experiment").GetString()!,
                By(data),
                Text(data, "why")
            ),
            EventTypes.Paused => new AudiencePaused(Name(data), By(data), Text(data, "why")),
            EventTypes.Resumed => new AudienceResumed(Name(data), By(data), Text(data, "why")),
            _ => null,
        };

    private static void WriteKey(Utf8JsonWriter json, AudienceKeyPublished published)
    {
        json.WriteString("audienceKey"u8, published.AudienceKey.Value);
        if (published.WindowS is { } window)
        {
            json.WriteNumber("windowS"u8, window);
        }

        json.WriteStartArray("matchKeys"u8);
        foreach (var label in AudienceLabels.Of(published.MatchKeys))
        {
            json.WriteStringValue(label);
        }

        json.WriteEndArray();
        json.WriteString("consentPolicy"u8, AudienceLabels.Of(published.ConsentPolicy));
        Flag(json, "inherits"u8, published.Inherits);
        Optional(json, "purpose"u8, published.Purpose);
        Optional(json, "owner"u8, published.Owner);
        Optional(json, "definition"u8, published.Definition);
    }

    private static void WriteText(Utf8JsonWriter json, string audience, AudienceText text)
    {
        json.WriteString("audience"u8, audience);
        Optional(json, "purpose"u8, text.Purpose);
        Optional(json, "owner"u8, text.Owner);
        Optional(json, "definition"u8, text.Definition);
        if (text.ExpectedVolume is { } volume)
        {
            json.WriteNumber("expectedVolume"u8, volume);
        }
    }

    private static void WriteFeed(Utf8JsonWriter json, AudienceKey key, AudienceKey? from, RemoteAudience remote)
    {
        json.WriteString("audienceKey"u8, key.Value);
        Optional(json, "from"u8, from?.Value);
        WriteRemote(json, remote);
    }

    private static void WriteRemote(Utf8JsonWriter json, RemoteAudience remote)
    {
        json.WriteString("destination"u8, remote.Destination);
        json.WriteString("remote"u8, remote.Remote);
    }

    private static void Flag(Utf8JsonWriter json, ReadOnlySpan<byte> name, bool isSet)
    {
        if (isSet)
        {
            json.WriteBoolean(name, true);
        }
    }

    private static bool Flag(JsonElement data, string name) =>
        data.TryGetProperty(name, out var flag) && flag.ValueKind == JsonValueKind.True;

    private static void Optional(Utf8JsonWriter json, ReadOnlySpan<byte> name, string? text)
    {
        if (text is not null)
        {
            json.WriteString(name, text);
        }
    }

    private static string Name(JsonElement data) => data.GetProperty("audience").GetString()!;

    private static AudienceKey Key(JsonElement data, string name) =>
        AudienceKey.TryParse(data.GetProperty(name).GetString(), out var key)
            ? key
            : throw new FormatException("A stored event has no valid audience key.");

    private static RemoteAudience RemoteOf(JsonElement data) =>
        new(data.GetProperty("destination").GetString()!, data.GetProperty("remote").GetString()!);

    private static AudienceText TextOf(JsonElement data) =>
        new(Text(data, "purpose"), Text(data, "owner"), Text(data, "definition"), Number(data, "expectedVolume"));

    private static MatchKeys MatchKeysOf(JsonElement data) =>
        data.TryGetProperty("matchKeys", out var labels)
        && labels.ValueKind == JsonValueKind.Array
        && AudienceLabels.TryMatchKeys(labels.EnumerateArray().Select(label => label.GetString()!), out var keys)
            ? keys
            : MatchKeys.All;

    private static string By(JsonElement data) => Text(data, "by") ?? EventUpcasters.Configuration;

    private static string? Text(JsonElement data, string name) => data.TryGetProperty(name, out var value) ? value.GetString() : null;

    private static long? Number(JsonElement data, string name) =>
        data.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Number ? value.GetInt64() : null;
}

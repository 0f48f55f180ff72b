using System.Text.Json;
using System.Text.Json.Serialization;
using AudienceSync.Domain.Events;

namespace AudienceSync.Host.EventStore;

/// <summary>Lets Marten write and read an event in the one stored format, that of <see cref="EventJson"/>.</summary>
internal sealed class StoredEventConverter : JsonConverter<IStoredEvent>
{
    private static readonly Dictionary<Type, string> Aliases = EventTypes.ByAlias.ToDictionary(known => known.Value, known => known.Key);

    public override bool CanConvert(Type typeToConvert) => Aliases.ContainsKey(typeToConvert);

    public override IStoredEvent Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        using var document = JsonDocument.ParseValue(ref reader);
        return EventJson.Read(Aliases[typeToConvert], JsonSerializer.SerializeToUtf8Bytes(document.RootElement));
    }

    public override void Write(Utf8JsonWriter writer, IStoredEvent value, JsonSerializerOptions options) =>
        writer.WriteRawValue(EventJson.Write(value), skipInputValidation: true);
}

using AudienceSync.Connectors;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;
using YamlDotNet.Serialization;

namespace AudienceSync.Host.Configuration;

/// <summary>
/// Reads an entry of <c>destinations</c>: what the engine needs by its type, and the settings of its platform as they are written. A name
/// that is a setting of no platform is refused at its line; one of another platform is refused by the platform of the entry.
/// </summary>
internal sealed class DestinationConfigReader : IYamlTypeConverter
{
    public bool Accepts(Type type) => type == typeof(DestinationConfig);

    public object ReadYaml(IParser parser, Type type, ObjectDeserializer rootDeserializer)
    {
        parser.Consume<MappingStart>();
        var destination = new DestinationConfig();
        var names = new HashSet<string>(StringComparer.Ordinal);
        while (!parser.TryConsume<MappingEnd>(out _))
        {
            var name = parser.Consume<Scalar>();
            if (!names.Add(name.Value))
            {
                throw new YamlException(name.Start, name.End, $"Encountered duplicate key {name.Value}");
            }

            Read(name, destination, rootDeserializer);
        }

        return destination;
    }

    public void WriteYaml(IEmitter emitter, object? value, Type type, ObjectSerializer serializer) =>
        throw new NotSupportedException("The configuration is only read.");

    private static void Read(Scalar name, DestinationConfig destination, ObjectDeserializer read)
    {
        switch (name.Value)
        {
            case "name":
                destination.Name = (string?)read(typeof(string)) ?? "";
                break;
            case "platform":
                destination.Platform = (string?)read(typeof(string)) ?? "";
                break;
            case "account":
                destination.Account = (string?)read(typeof(string)) ?? "";
                break;
            case "require_consent":
                destination.RequireConsent = (bool?)read(typeof(bool?));
                break;
            case "flush_ms":
                destination.FlushMs = read(typeof(int)) as int? ?? 0;
                break;
            case var setting when Destinations.IsSetting(setting):
                if (SettingValues.Of(read(typeof(object))) is { } value)
                {
                    destination.Settings.Add(setting, value);
                }

                break;
            default:
                throw new YamlException(
                    name.Start,
                    name.End,
                    $"Property '{name.Value}' not found on type '{typeof(DestinationConfig).FullName}'."
                );
        }
    }
}

using AudienceSync.Connectors.Alerts;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;
using YamlDotNet.Serialization;

namespace AudienceSync.Host.Configuration;

/// <summary>Reads an entry of <c>alerts.channels</c>. A name that is a setting of no kind is refused at its line.</summary>
internal sealed class AlertChannelConfigReader : IYamlTypeConverter
{
    public bool Accepts(Type type) => type == typeof(AlertChannelConfig);

    public object ReadYaml(IParser parser, Type type, ObjectDeserializer rootDeserializer)
    {
        parser.Consume<MappingStart>();
        var channel = new AlertChannelConfig();
        var names = new HashSet<string>(StringComparer.Ordinal);
        while (!parser.TryConsume<MappingEnd>(out _))
        {
            var name = parser.Consume<Scalar>();
            if (!names.Add(name.Value))
            {
                throw new YamlException(name.Start, name.End, $"Encountered duplicate key {name.Value}");
            }

            Read(name, channel, rootDeserializer);
        }

        return channel;
    }

    public void WriteYaml(IEmitter emitter, object? value, Type type, ObjectSerializer serializer) =>
        throw new NotSupportedException("The configuration is only read.");

    private static void Read(Scalar name, AlertChannelConfig channel, ObjectDeserializer read)
    {
        switch (name.Value)
        {
            case "name":
                channel.Name = (string?)read(typeof(string)) ?? "";
                break;
            case "kind":
                channel.Kind = (string?)read(typeof(string)) ?? "";
                break;
            case "severity":
                channel.Severity = (string?)read(typeof(string)) ?? "";
                break;
            case var setting when AlertChannels.IsSetting(setting):
                if (SettingValues.Of(read(typeof(object))) is { } value)
                {
                    channel.Settings.Add(setting, value);
                }

                break;
            default:
                throw new YamlException(name.Start, name.End, $"Property '{name.Value}' is not a setting of a channel.");
        }
    }
}

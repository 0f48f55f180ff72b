using AudienceSync.Connectors.CustomerIo;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;
using YamlDotNet.Serialization;

namespace AudienceSync.Host.Configuration;

/// <summary>Reads the section <c>feedback</c> of a source. A name that is no setting of the service is refused at its line.</summary>
internal sealed class FeedbackConfigReader : IYamlTypeConverter
{
    public bool Accepts(Type type) => type == typeof(FeedbackConfig);

    public object ReadYaml(IParser parser, Type type, ObjectDeserializer rootDeserializer)
    {
        parser.Consume<MappingStart>();
        var feedback = new FeedbackConfig();
        var names = new HashSet<string>(StringComparer.Ordinal);
        while (!parser.TryConsume<MappingEnd>(out _))
        {
            var name = parser.Consume<Scalar>();
            if (!names.Add(name.Value))
            {
                throw new YamlException(name.Start, name.End, $"Encountered duplicate key {name.Value}");
            }

            if (name.Value == "service")
            {
                feedback.Service = (string?)rootDeserializer(typeof(string)) ?? "";
            }
            else if (!CustomerIoSettings.Known.Names.Contains(name.Value))
            {
                throw new YamlException(name.Start, name.End, $"Property '{name.Value}' is not a setting of feedback.");
            }
            else if (SettingValues.Of(rootDeserializer(typeof(object))) is { } value)
            {
                feedback.Settings.Add(name.Value, value);
            }
        }

        return feedback;
    }

    public void WriteYaml(IEmitter emitter, object? value, Type type, ObjectSerializer serializer) =>
        throw new NotSupportedException("The configuration is only read.");
}

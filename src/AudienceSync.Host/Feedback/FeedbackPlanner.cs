using System.Text;
using AudienceSync.Connectors;
using AudienceSync.Connectors.CustomerIo;
using AudienceSync.Connectors.Sections;
using AudienceSync.Host.Configuration;

namespace AudienceSync.Host.Feedback;

/// <summary>Creates the feedback of a source from its entry in the configuration.</summary>
public sealed class FeedbackPlanner(ConfigLoader config, DestinationDependencies dependencies)
{
    /// <exception cref="SetupException">config_invalid, secret_missing</exception>
    public PlannedFeedback Plan(string workspace, SourceConfig source)
    {
        ArgumentNullException.ThrowIfNull(source);
        var place = $"workspaces.{workspace}.sources.{source.Name}.feedback";
        var feedback = source.Feedback ?? throw config.Invalid($"{place}: is missing");
        if (feedback.Service != CustomerIoSettings.Service)
        {
            throw config.Invalid($"{place}: service must be {CustomerIoSettings.Service}");
        }

        var parsed = CustomerIoSettings.Parse(
            new DestinationSection(
                "",
                feedback.Settings.ToDictionary(
                    setting => setting.Key,
                    setting => Resolved(setting.Value, $"{place}.{setting.Key}"),
                    StringComparer.Ordinal
                )
            )
        );
        return parsed.Settings is { } settings
            ? new PlannedFeedback(source.Name, new CustomerIoFeedback(settings, dependencies))
            : throw config.Invalid($"{place}: {parsed.Errors[0].Text}");
    }

    /// <summary>The content of the secret where the value refers to one, else the value.</summary>
    private SettingValue Resolved(SettingValue value, string place) =>
        SecretReference.Of(value) is { } reference
            ? SettingValue.Of(new SecretDocument(Encoding.UTF8.GetString(config.Secret(reference, place))))
            : value;
}

using System.Text;
using AudienceSync.Connectors;
using AudienceSync.Connectors.Sections;
using AudienceSync.Host.Configuration;

namespace AudienceSync.Host.Sync;

/// <summary>
/// Creates a destination from its entry in the configuration. Which settings a platform needs and accepts is determined by the platform.
/// </summary>
public sealed class DestinationPlanner(ConfigLoader config, DestinationDependencies dependencies)
{
    private const int MaxNameChars = 100;
    private const int MaxFlushMs = 3_600_000;

    /// <exception cref="SetupException">config_invalid, secret_missing</exception>
    public PlannedDestination Plan(string workspace, DestinationConfig destination)
    {
        var place = $"workspaces.{workspace}.destinations.{destination.Name}";
        Require(
            destination.Name.Length is > 0 and <= MaxNameChars && !destination.Name.Any(char.IsControl),
            place,
            "name must be 1 to 100 characters, none of them a control character"
        );
        Require(destination.FlushMs is >= 0 and <= MaxFlushMs, place, "flush_ms must be 0 to 3,600,000");
        var created = Destinations.Create(destination.Platform, Section(destination, place), dependencies);
        return created.Destination is { } connector
            ? new PlannedDestination(destination.Name, destination.Platform, connector, TimeSpan.FromMilliseconds(destination.FlushMs))
            {
                // A destination that declares to a platform that consent was granted must have it.
                ConsentRequired = destination.RequireConsent ?? connector.DeclaresConsent,
            }
            : throw config.Invalid($"{place}: {created.Errors[0].Text} ({created.Errors[0].Code})");
    }

    private DestinationSection Section(DestinationConfig destination, string place) =>
        new(
            destination.Account,
            destination.Settings.ToDictionary(
                setting => setting.Key,
                setting => Resolved(setting.Value, $"{place}.{setting.Key}"),
                StringComparer.Ordinal
            )
        );

    /// <summary>The content of the secret where the value, or a part of it, refers to one; else the value.</summary>
    private SettingValue Resolved(SettingValue value, string place) =>
        SecretReference.Of(value) is { } reference
            ? SettingValue.Of(new SecretDocument(Encoding.UTF8.GetString(config.Secret(reference, place))))
        : value.Parts is { } parts
            ? SettingValue.Of(
                parts.ToDictionary(part => part.Key, part => Resolved(part.Value, $"{place}.{part.Key}"), StringComparer.Ordinal)
            )
        : value;

    private void Require(bool holds, string place, string otherwise)
    {
        if (!holds)
        {
            throw config.Invalid($"{place}: {otherwise}");
        }
    }
}

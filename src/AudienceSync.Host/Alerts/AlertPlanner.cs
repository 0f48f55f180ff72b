using System.Text;
using AudienceSync.Connectors;
using AudienceSync.Connectors.Alerts;
using AudienceSync.Connectors.Sections;
using AudienceSync.Domain.Alerts;
using AudienceSync.Host.Configuration;

namespace AudienceSync.Host.Alerts;

/// <summary>Creates the channels and settings of a workspace's alerts from the configuration.</summary>
public sealed class AlertPlanner(ConfigLoader config, DestinationDependencies dependencies)
{
    /// <summary>A removal that may be late for longer is not late for anybody.</summary>
    private const int MaxGoalS = 86_400;

    // In the order of DayOfWeek.
    private static readonly string[] Days = ["sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday"];

    /// <exception cref="SetupException">config_invalid, secret_missing</exception>
    public PlannedAlerts Plan(string workspace, AlertsConfig? alerts)
    {
        if (alerts is null)
        {
            return PlannedAlerts.Default;
        }

        var place = $"workspaces.{workspace}.alerts";
        var channels = alerts.Channels.ConvertAll(channel => Channel($"{place}.channels.{channel.Name}", channel));
        Require(
            channels.Select(channel => channel.Name).Distinct(StringComparer.Ordinal).Count() == channels.Count,
            place,
            "two channels have one name"
        );
        foreach (var rule in alerts.Off)
        {
            Require(AlertRules.Find(rule) is not null, place, $"off: there is no rule {rule}; docs/alerts.md lists them");
        }

        var owners = alerts.Owners.ConvertAll(owner => Owner($"{place}.owners.{owner.Name}", owner, channels));
        Require(
            owners.SelectMany(owner => owner.Audiences).GroupBy(name => name, StringComparer.Ordinal).All(group => group.Count() == 1),
            place,
            "an audience has two owners"
        );
        return new PlannedAlerts(Settings(place, alerts, owners), channels)
        {
            Digest = alerts.WeeklyDigest is { } digest ? Digest($"{place}.weekly_digest", digest, channels) : null,
        };
    }

    private AlertSettings Settings(string place, AlertsConfig alerts, List<AlertOwner> owners) =>
        new()
        {
            RemovalGoal = Goal(place, alerts.RemovalGoalS) ?? AlertSettings.DefaultRemovalGoal,
            RemovalGoals = alerts
                .Owners.SelectMany(owner => owner.Audiences.Select(audience => (audience, goal: Goal(place, owner.RemovalGoalS))))
                .Where(one => one.goal is not null)
                .ToDictionary(one => one.audience, one => one.goal!.Value, StringComparer.Ordinal),
            Off = alerts.Off.ToHashSet(StringComparer.Ordinal),
            Owners = owners,
        };

    private PlannedChannel Channel(string place, AlertChannelConfig channel)
    {
        Require(channel.Name.Length is > 0 and <= 40 && channel.Name.All(IsOfName), place, "name must be 1 to 40 letters, digits, _ or -");
        AlertSeverity? least = channel.Severity switch
        {
            "warning" => AlertSeverity.Warning,
            "critical" => AlertSeverity.Critical,
            _ => null,
        };
        Require(least is not null, place, "severity must be warning or critical");
        var section = new DestinationSection(
            "",
            channel.Settings.ToDictionary(
                setting => setting.Key,
                setting => Resolved(setting.Value, $"{place}.{setting.Key}"),
                StringComparer.Ordinal
            )
        );
        var created =
            AlertChannels.Create(channel.Kind, section, dependencies)
            ?? throw config.Invalid($"{place}: kind must be one of: {string.Join(", ", AlertChannels.Kinds)}");
        return created.Channel is { } ready
            ? new PlannedChannel(channel.Name, channel.Kind, least!.Value, ready)
            : throw config.Invalid($"{place}: {created.Errors[0].Text}");
    }

    private AlertOwner Owner(string place, AlertOwnerConfig owner, List<PlannedChannel> channels)
    {
        Require(owner.Name.Length is > 0 and <= 100, place, "name must have 1 to 100 characters");
        foreach (var name in owner.Channels)
        {
            Require(channels.Exists(channel => channel.Name == name), place, $"channel {name} is not declared");
        }

        return new AlertOwner(owner.Name, owner.Audiences, owner.Channels);
    }

    private PlannedDigest Digest(string place, WeeklyDigestConfig digest, List<PlannedChannel> channels)
    {
        Require(digest.Channels.Count > 0, place, "channels must name at least one channel");
        Require(digest.Channels.Distinct(StringComparer.Ordinal).Count() == digest.Channels.Count, place, "a channel is named twice");
        foreach (var name in digest.Channels)
        {
            Require(
                channels.Exists(channel => channel.Name == name && channel.Channel is EmailChannel),
                place,
                $"there is no channel {name} of kind email"
            );
        }

        var day = digest.Day is { } given ? Array.IndexOf(Days, given) : (int)WeeklySchedule.Default.Day;
        Require(day >= 0, place, $"day must be one of: {string.Join(", ", Days)}");
        var hour = digest.Hour ?? WeeklySchedule.Default.Hour;
        Require(hour is >= 0 and < 24, place, "hour must be 0 to 23");
        return new PlannedDigest(new WeeklySchedule((DayOfWeek)day, hour), digest.Channels);
    }

    private TimeSpan? Goal(string place, int? seconds)
    {
        Require(seconds is null or (>= 1 and <= MaxGoalS), place, $"removal_goal_s must be 1 to {MaxGoalS}");
        return seconds is { } given ? TimeSpan.FromSeconds(given) : null;
    }

    private void Require(bool holds, string place, string otherwise)
    {
        if (!holds)
        {
            throw config.Invalid($"{place}: {otherwise}");
        }
    }

    private static bool IsOfName(char c) => char.IsAsciiLetterOrDigit(c) || c is '_' or '-';

    /// <summary>The content of the secret where the value refers to one, else the value.</summary>
    private SettingValue Resolved(SettingValue value, string place) =>
        SecretReference.Of(value) is { } reference
            ? SettingValue.Of(new SecretDocument(Encoding.UTF8.GetString(config.Secret(reference, place))))
            : value;
}

using AudienceSync.Connectors.Sections;

namespace AudienceSync.Host.Configuration;

/// <summary>Who is alerted about what. Without it the rules are applied all the same, and nobody is sent anything.</summary>
public sealed class AlertsConfig
{
    /// <summary>Seconds within which a removal must be acknowledged.</summary>
    public int? RemovalGoalS { get; set; }

    public List<AlertChannelConfig> Channels { get; set; } = [];

    public List<AlertOwnerConfig> Owners { get; set; } = [];

    /// <summary>Names of rules that are not applied.</summary>
    public List<string> Off { get; set; } = [];
}

/// <summary>Who is responsible for audiences.</summary>
public sealed class AlertOwnerConfig
{
    public string Name { get; set; } = "";

    public List<string> Audiences { get; set; } = [];

    /// <summary>Channels of their own; the common ones when there are none.</summary>
    public List<string> Channels { get; set; } = [];

    /// <summary>The goal of their audiences, when it is another.</summary>
    public int? RemovalGoalS { get; set; }
}

/// <summary>A channel. Read by <see cref="AlertChannelConfigReader"/>.</summary>
public sealed class AlertChannelConfig
{
    public string Name { get; set; } = "";

    public string Kind { get; set; } = "";

    public string Severity { get; set; } = "warning";

    /// <summary>Every other setting, which its kind reads.</summary>
    public Dictionary<string, SettingValue> Settings { get; } = new(StringComparer.Ordinal);
}

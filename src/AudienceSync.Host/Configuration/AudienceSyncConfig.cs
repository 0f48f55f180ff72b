using AudienceSync.Connectors.Sections;

namespace AudienceSync.Host.Configuration;

/// <summary>
/// The configuration file, as YAML spells it (snake case). Properties are set by the reader; <see cref="ConfigLoader"/> checks them.
/// </summary>
public sealed class AudienceSyncConfig
{
    public SecretReference? OperatorToken { get; set; }

    public Dictionary<string, WorkspaceConfig> Workspaces { get; set; } = [];
}

/// <summary>
/// The audiences and bindings of one workspace: a file of <c>audiences apply</c>, and the same sections of the configuration.
/// </summary>
public sealed class AudiencesConfig
{
    public List<AudienceConfig> Audiences { get; set; } = [];

    public List<BindingConfig> Bindings { get; set; } = [];
}

/// <summary>A tenant's sources, audiences, destinations and bindings.</summary>
public sealed class WorkspaceConfig
{
    /// <summary>Distinct emails, and distinct phones, that one identifier may be sent with within a day before it stops linking.</summary>
    public int? LinkedAddressesPerDay { get; set; }

    public RetentionConfig Retention { get; set; } = new();

    public OutcomesConfig Outcomes { get; set; } = new();

    /// <summary>Who is alerted about what; null for nobody.</summary>
    public AlertsConfig? Alerts { get; set; }

    public DoctorConfig Doctor { get; set; } = new();

    /// <summary>Logs exposures; null for not at all.</summary>
    public ExposuresConfig? Exposures { get; set; }

    public List<SourceConfig> Sources { get; set; } = [];

    public List<AudienceConfig> Audiences { get; set; } = [];

    public List<DestinationConfig> Destinations { get; set; } = [];

    public List<BindingConfig> Bindings { get; set; } = [];
}

/// <summary>Days for which records are kept after they ended.</summary>
public sealed class RetentionConfig
{
    public int CallsD { get; set; } = RetentionSettings.DefaultD;

    public int JobsD { get; set; } = RetentionSettings.DefaultD;

    public int QuarantineD { get; set; } = RetentionSettings.DefaultD;
}

/// <summary>
/// What the outcomes of messages lead to. Each rule is <c>suppress</c>, <c>trait_only</c>, or a list of destinations; null for the default.
/// </summary>
public sealed class OutcomesConfig
{
    public object? HardBounce { get; set; }

    public object? Complaint { get; set; }

    public SoftBouncesConfig? SoftBounces { get; set; }

    public object? Unsubscribe { get; set; }

    public object? Preferences { get; set; }

    /// <summary>Days for which the bodies of reports are kept.</summary>
    public int RawDays { get; set; } = RetentionSettings.DefaultReportsD;
}

/// <summary>The exposure log.</summary>
public sealed class ExposuresConfig
{
    /// <summary>The key under which customer ids are hashed for <c>exposure_person_links</c>; null for no links.</summary>
    public SecretReference? LinkKey { get; set; }
}

/// <summary>How many soft bounces within how many days lead to what.</summary>
public sealed class SoftBouncesConfig
{
    public int? Count { get; set; }

    public int? Days { get; set; }

    public object? Then { get; set; }
}

/// <summary>A sender of webhooks.</summary>
public sealed class SourceConfig
{
    public string Name { get; set; } = "";

    /// <summary>What it sends: <c>journey</c> or <c>customerio_reporting</c>.</summary>
    public string Kind { get; set; } = "journey";

    /// <summary>Addresses and networks from which it may send; everywhere when there are none.</summary>
    public List<string> AllowFrom { get; set; } = [];

    public SecretReference? Token { get; set; }

    public string Signature { get; set; } = "required";

    public List<SecretReference> SigningKeys { get; set; } = [];

    /// <summary>The oldest signed timestamp that can be set, in days: for so long the signature of a request must be remembered.</summary>
    public const int LongestSignatureAgeD = 30;

    public int SignatureMaxAgeD { get; set; } = LongestSignatureAgeD;

    public string DefaultCountry { get; set; } = "";

    public HashedConfig? Hashed { get; set; }

    /// <summary>What is reported back to the sender; null for nothing.</summary>
    public FeedbackConfig? Feedback { get; set; }

    /// <summary>Texts that this source sends in place of an identifier, besides the built-in ones.</summary>
    public List<string> PlaceholderIds { get; set; } = [];

    /// <summary>What it is answered when it asks about a person.</summary>
    public DecisionsConfig? Decisions { get; set; }
}

/// <summary>Which identifiers a source sends hashed, and in which form. What is not named is plain text.</summary>
public sealed class HashedConfig
{
    public string? Email { get; set; }

    public string? Phone { get; set; }
}

/// <summary>An audience and its published versions.</summary>
public sealed class AudienceConfig
{
    public string Name { get; set; } = "";

    public string? Purpose { get; set; }

    public string? Owner { get; set; }

    public string? Definition { get; set; }

    public long? ExpectedVolume { get; set; }

    public List<VersionConfig> Versions { get; set; } = [];

    public List<ExperimentConfig> Experiments { get; set; } = [];
}

/// <summary>An experiment on an audience: some of its members are held out, to measure what sending the others is worth.</summary>
public sealed class ExperimentConfig
{
    public string? Name { get; set; }

    /// <summary>The name when absent.</summary>
    public string? Salt { get; set; }

    public SharesConfig? Shares { get; set; }

    /// <summary>At once when absent.</summary>
    public string? StartsAt { get; set; }

    /// <summary>Not by itself when absent.</summary>
    public string? EndsAt { get; set; }
}

/// <summary>The shares of the arms in percent, together 100.</summary>
public sealed class SharesConfig
{
    public decimal Treatment { get; set; }

    public decimal Holdout { get; set; }
}

/// <summary>
/// A version of an audience: its number, for how many days an add holds (forever when absent), by what a platform may match (by everything
/// when absent), and whether consent is <c>required</c> or <c>assumed</c>.
/// </summary>
public sealed class VersionConfig
{
    public int Version { get; set; }

    public double? WindowD { get; set; }

    public List<string>? MatchKeys { get; set; }

    public string ConsentPolicy { get; set; } = "assumed";

    /// <summary>Whether it receives everything that the previous version received and will receive.</summary>
    public bool Inherit { get; set; }
}

/// <summary>An ad account at a platform. Read by <see cref="DestinationConfigReader"/>.</summary>
public sealed class DestinationConfig
{
    public string Name { get; set; } = "";

    public string Platform { get; set; } = "";

    public string Account { get; set; } = "";

    /// <summary>
    /// Whether only people who granted both purposes may be added here. When absent: yes where the destination declares to the platform
    /// that they did.
    /// </summary>
    public bool? RequireConsent { get; set; }

    public int FlushMs { get; set; } = 500;

    /// <summary>Every other setting, which its platform reads.</summary>
    public Dictionary<string, SettingValue> Settings { get; } = new(StringComparer.Ordinal);
}

/// <summary>Feedback to the sender of a source. Read by <see cref="FeedbackConfigReader"/>.</summary>
public sealed class FeedbackConfig
{
    public string Service { get; set; } = "";

    /// <summary>Every other setting, which its service reads.</summary>
    public Dictionary<string, SettingValue> Settings { get; } = new(StringComparer.Ordinal);
}

/// <summary>Who is alerted about what. Without it the rules are applied all the same, and nobody is sent anything.</summary>
public sealed class AlertsConfig
{
    /// <summary>Seconds within which a removal must be acknowledged.</summary>
    public int? RemovalGoalS { get; set; }

    public List<AlertChannelConfig> Channels { get; set; } = [];

    public List<AlertOwnerConfig> Owners { get; set; } = [];

    /// <summary>Names of rules that are not applied.</summary>
    public List<string> Off { get; set; } = [];

    /// <summary>Null for none.</summary>
    public WeeklyDigestConfig? WeeklyDigest { get; set; }
}

/// <summary>A mail once a week about what happened.</summary>
public sealed class WeeklyDigestConfig
{
    /// <summary>Channels of mail.</summary>
    public List<string> Channels { get; set; } = [];

    /// <summary>Monday when absent.</summary>
    public string? Day { get; set; }

    /// <summary>In UTC; 8 when absent.</summary>
    public int? Hour { get; set; }
}

/// <summary>What the doctor looks for.</summary>
public sealed class DoctorConfig
{
    /// <summary>Codes of findings that are not looked for.</summary>
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

/// <summary>Which key version feeds which remote audience.</summary>
public sealed class BindingConfig
{
    public string Audience { get; set; } = "";

    public string Key { get; set; } = "";

    public string Destination { get; set; } = "";

    public string Remote { get; set; } = "";

    /// <summary>Whether the remote audience is ours alone, so that a resync removes members of others.</summary>
    public bool Exclusive { get; set; }
}

/// <summary>Where a secret is: never the secret itself.</summary>
public sealed class SecretReference
{
    public string? File { get; set; }

    public string? Env { get; set; }

    /// <summary>The reference that a value is; null when it is another value.</summary>
    internal static SecretReference? Of(SettingValue value) =>
        value.Parts is { Count: > 0 } parts && parts.All(part => part.Key is "file" or "env" && part.Value.Text is not null)
            ? new SecretReference { File = parts.GetValueOrDefault("file")?.Text, Env = parts.GetValueOrDefault("env")?.Text }
            : null;
}

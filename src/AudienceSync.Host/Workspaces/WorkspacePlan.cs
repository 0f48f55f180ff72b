using AudienceSync.Domain.Audiences;
using AudienceSync.Domain.Identity;
using AudienceSync.Domain.Outcomes;
using AudienceSync.Host.Alerts;
using AudienceSync.Host.Configuration;
using AudienceSync.Host.Decisions;
using AudienceSync.Host.EventStore;
using AudienceSync.Host.Exposures;
using AudienceSync.Host.Feedback;
using AudienceSync.Host.Ingest;
using AudienceSync.Host.Sync;

namespace AudienceSync.Host.Workspaces;

/// <summary>A workspace's configuration after every check: what remains to be done cannot fail because of a misspelling.</summary>
public sealed record WorkspacePlan(
    WorkspaceName Name,
    IReadOnlyList<(Source Source, byte[] Token)> Sources,
    IReadOnlyList<AudienceDeclaration> Audiences,
    IReadOnlyList<PlannedDestination> Destinations
)
{
    /// <summary>How many addresses one identifier may be sent with within a day.</summary>
    public LinkLimit LinkLimit { get; init; } = LinkLimit.Default;

    /// <summary>The sources whose senders get feedback.</summary>
    public IReadOnlyList<PlannedFeedback> Feedback { get; init; } = [];

    /// <summary>Who is alerted about what.</summary>
    public PlannedAlerts Alerts { get; init; } = PlannedAlerts.Default;

    /// <summary>What each source is answered when it asks about a person, by the source's name.</summary>
    public IReadOnlyDictionary<string, DecisionSettings> Decisions { get; init; } = new Dictionary<string, DecisionSettings>();

    /// <summary>What the outcomes of messages lead to.</summary>
    public OutcomePolicy Outcomes { get; init; } = OutcomePolicy.Default;

    /// <summary>Whether a source reports outcomes.</summary>
    public bool HasReports => Sources.Any(source => source.Source.IsReporting);

    /// <summary>How exposures are logged.</summary>
    public ExposurePlan Exposures { get; init; } = new(IsOn: false, LinkKey: null, Destinations: []);

    /// <summary>Codes of findings that the doctor does not look for.</summary>
    public IReadOnlySet<string> DoctorOff { get; init; } = new HashSet<string>(StringComparer.Ordinal);

    /// <summary>For how long ended records are kept.</summary>
    public RetentionSettings Retention { get; init; } = RetentionSettings.Default;
}

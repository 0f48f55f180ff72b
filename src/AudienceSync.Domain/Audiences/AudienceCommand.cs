using AudienceSync.Domain.Experiments;

namespace AudienceSync.Domain.Audiences;

/// <summary>
/// A requested change of an audience: its author, and the reason when one is given. Both are kept in the resulting events.
/// </summary>
public abstract record AudienceCommand(string By, string? Why);

/// <summary>Create the audience, or update its description.</summary>
public sealed record RegisterAudience(AudienceText Text, string By, string? Why) : AudienceCommand(By, Why);

/// <summary>Publish a version. Repeating it changes nothing.</summary>
public sealed record PublishKey(int Version, KeyTerms Terms, string By, string? Why) : AudienceCommand(By, Why);

/// <summary>
/// Feed a remote audience from a version. The first feed only: a switch is a promotion. For the version that feeds it, changes whether the
/// binding is exclusive.
/// </summary>
public sealed record BindAudience(RemoteAudience Remote, int Version, string By, string? Why) : AudienceCommand(By, Why)
{
    /// <summary>Whether the remote audience is ours alone.</summary>
    public bool Exclusive { get; init; }
}

/// <summary>Stop feeding a remote audience. What was delivered stays delivered.</summary>
public sealed record UnbindAudience(RemoteAudience Remote, string By, string? Why) : AudienceCommand(By, Why);

/// <summary>Let a version feed the remote audiences of the audience, or only one of them.</summary>
public sealed record PromoteKey(int Version, RemoteAudience? Only, string By, string? Why) : AudienceCommand(By, Why)
{
    /// <summary>Where the events of the version that feeds nothing afterwards go.</summary>
    public LateEvents LateEvents { get; init; } = LateEvents.Keep;
}

/// <summary>Return to the version that fed before the last promotion.</summary>
public sealed record RollBackKey(RemoteAudience? Only, string By, string? Why) : AudienceCommand(By, Why);

/// <summary>A version that feeds nothing accepts no more events. It is never reactivated.</summary>
public sealed record RetireKey(int Version, string By, string? Why) : AudienceCommand(By, Why);

/// <summary>Hold out a share of the members. Repeating it changes nothing; other terms under the same name are refused.</summary>
public sealed record DeclareExperiment(ExperimentTerms Terms, string By, string? Why) : AudienceCommand(By, Why);

/// <summary>End an experiment before its time. Who was held out is delivered then.</summary>
public sealed record EndExperiment(string Experiment, string By, string? Why) : AudienceCommand(By, Why);

/// <summary>Send nothing to the platforms; membership continues to be updated.</summary>
public sealed record PauseAudience(string By, string? Why) : AudienceCommand(By, Why);

public sealed record ResumeAudience(string By, string? Why) : AudienceCommand(By, Why);

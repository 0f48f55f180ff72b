namespace AudienceSync.Domain.Audiences;

/// <summary>What somebody wants done to an audience: who, and why if he says so. Both are kept in the events it leads to.</summary>
public abstract record AudienceCommand(string By, string? Why);

/// <summary>Make the audience, or say of it what is now true.</summary>
public sealed record RegisterAudience(AudienceText Text, string By, string? Why) : AudienceCommand(By, Why);

/// <summary>Publish a version. The same again changes nothing.</summary>
public sealed record PublishKey(int Version, KeyTerms Terms, string By, string? Why) : AudienceCommand(By, Why);

/// <summary>Feed a remote audience from a version. The first feed only: a switch is a promotion.</summary>
public sealed record BindAudience(RemoteAudience Remote, int Version, string By, string? Why) : AudienceCommand(By, Why);

/// <summary>Feed a remote audience no more. What was delivered stays delivered.</summary>
public sealed record UnbindAudience(RemoteAudience Remote, string By, string? Why) : AudienceCommand(By, Why);

/// <summary>Let a version feed the remote audiences of the audience, or only one of them.</summary>
public sealed record PromoteKey(int Version, RemoteAudience? Only, string By, string? Why) : AudienceCommand(By, Why)
{
    /// <summary>Where the events of the version go that feeds nothing afterwards.</summary>
    public LateEvents LateEvents { get; init; } = LateEvents.Keep;
}

/// <summary>Go back to the version that fed before the last promotion.</summary>
public sealed record RollBackKey(RemoteAudience? Only, string By, string? Why) : AudienceCommand(By, Why);

/// <summary>A version that feeds nothing takes no more events. It never comes back.</summary>
public sealed record RetireKey(int Version, string By, string? Why) : AudienceCommand(By, Why);

/// <summary>Send nothing to the platforms; membership goes on.</summary>
public sealed record PauseAudience(string By, string? Why) : AudienceCommand(By, Why);

public sealed record ResumeAudience(string By, string? Why) : AudienceCommand(By, Why);

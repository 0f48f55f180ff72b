namespace AudienceSync.Shop.Watching;

/// <summary>GET /v1/status, reduced to the fields that are evaluated.</summary>
internal sealed record EngineStatus(
    LogStatus Log,
    ProjectorStatus Projector,
    QuarantineStatus Quarantine,
    int People,
    IReadOnlyList<AudienceStatus> Audiences,
    IReadOnlyList<BindingStatus> Bindings,
    bool Quiet,
    IReadOnlyList<PlanStatus>? Plans = null,
    IReadOnlyList<SourceStatus>? Sources = null,
    IReadOnlyList<ProjectionStatus>? Projections = null,
    ExposureStatus? Exposures = null
);

/// <summary>The exposure log: where it ends, and what it has not read.</summary>
internal sealed record ExposureStatus(long Position, IReadOnlyList<ExposureStream> Streams);

internal sealed record ExposureStream(string Stream, long Lag);

/// <summary>What else reads the log, and how many events it has not read.</summary>
internal sealed record ProjectionStatus(string Name, long Lag);

/// <summary>The number of events of a source that were accepted with this warning.</summary>
internal sealed record SourceStatus(string Source, string Code, long Events);

/// <summary>Removals that are too many at once and wait for approval.</summary>
internal sealed record PlanStatus(long Plan, string State);

internal sealed record LogStatus(long Head);

internal sealed record ProjectorStatus(long Position, long Applied, long Superseded, long LagEvents);

internal sealed record QuarantineStatus(int Open);

internal sealed record AudienceStatus(string Audience, string Key, int Present, int Removed, int Expired);

/// <param name="OpenJobs">Requests that the platform accepted and has not confirmed.</param>
internal sealed record BindingStatus(
    string Audience,
    string Key,
    string Destination,
    int Desired,
    int Delivered,
    int InDoubt,
    int PendingAdds,
    int PendingRemovals,
    string State,
    int OpenJobs = 0
);

using AudienceSync.Host.Exposures;
using AudienceSync.Host.Outcomes;
using AudienceSync.Host.People.Erasure;
using AudienceSync.Host.Sync;
using AudienceSync.Host.Sync.Accounts;
using AudienceSync.Host.Sync.Holds;

namespace AudienceSync.Host.Workspaces.Status;

/// <summary>
/// The status of a workspace. Quiet means: all accepted events are folded, and all folded changes are delivered, or refused by the
/// platform.
/// </summary>
public sealed record StatusAnswer(
    string Workspace,
    StatusAnswer.LogPart Log,
    StatusAnswer.ProjectorPart Projector,
    StatusAnswer.QuarantinePart Quarantine,
    long People,
    long LinkStops,
    StatusAnswer.ErasuresPart Erasures,
    IReadOnlyList<KeyCounts> Audiences,
    IReadOnlyList<BindingCounts> Bindings,
    IReadOnlyList<AccountForecast> Destinations,
    IReadOnlyList<PauseView> Pauses,
    IReadOnlyList<PlanView> Plans,
    bool Quiet
)
{
    /// <summary>Counts of tolerated irregularities by source: <c>clock_ahead</c>, <c>id_reused</c> and the codes of warnings.</summary>
    public IReadOnlyList<SourceCount> Sources { get; init; } = [];

    /// <summary>Aliases derived by an older reader version, which <c>people realias</c> recreates.</summary>
    public long OlderAliases { get; init; }

    /// <summary>How long removals took in the last hour and the last day, by destination.</summary>
    public IReadOnlyList<RemovalLatency> RemovalLatency { get; init; } = [];

    /// <summary>What Marten's daemon projects: how far it is. Empty where no source reports outcomes.</summary>
    public IReadOnlyList<DaemonProgress> Projections { get; init; } = [];

    /// <summary>How far the exposure log is; null where there is none.</summary>
    public ExposureProgress? Exposures { get; init; }

    public static StatusAnswer Of(
        string workspace,
        int queuedEvents,
        LogCounts log,
        ErasuresPart erasures,
        IReadOnlyList<KeyCounts> keys,
        IReadOnlyList<BindingCounts> bindings,
        IReadOnlyList<AccountForecast> accounts,
        Held held
    ) =>
        new(
            workspace,
            new LogPart(log.Head, queuedEvents),
            new ProjectorPart(log.Position, log.Applied, log.Superseded, log.LagEvents, log.Overdue),
            new QuarantinePart(log.QuarantineOpen, log.Refused),
            log.People,
            log.LinkStops,
            erasures,
            keys,
            bindings,
            accounts,
            held.Pauses,
            held.Plans,
            log.LagEvents == 0
                && log.Overdue == 0
                && queuedEvents == 0
                && held.Plans.Count == 0
                && bindings.All(binding =>
                    binding is { PendingAdds: 0, PendingRemovals: 0, Waiting: 0 } && binding.InDoubt == binding.Stuck
                )
        );

    public sealed record LogPart(long Head, int QueuedEvents);

    public sealed record ProjectorPart(long Position, long Applied, long Superseded, long LagEvents, long OverdueExpiries);

    public sealed record QuarantinePart(long Open, long Refused);

    /// <summary>People that requested erasure, and the number of events refused because they named one of them.</summary>
    public sealed record ErasuresPart(
        long Waiting,
        long Erased,
        long Unknown,
        DateTimeOffset? EarliestDeadline,
        ErasureAlarm Alarm,
        long RefusedEvents
    )
    {
        public static ErasuresPart Of(ErasureCounts counts, DateTimeOffset now) =>
            new(
                counts.Waiting,
                counts.Erased,
                counts.Unknown,
                counts.EarliestDeadline,
                ErasureAlarms.Of(counts.EarliestDeadline, now),
                counts.RefusedEvents
            );
    }
}

using AudienceSync.Domain.Audiences;
using AudienceSync.Domain.Syncing;
using AudienceSync.Host.EventStore;
using AudienceSync.Host.Sync.Resyncs;

namespace AudienceSync.Host.Sync.Holds;

/// <summary>The result of an operator request.</summary>
public enum HoldAnswer
{
    Done = 1,

    /// <summary>It was already in this state; the first author stays recorded.</summary>
    Already,

    /// <summary>No such account, or no such bound remote audience in it.</summary>
    UnknownTarget,

    UnknownPlan,

    /// <summary>It was executed, or none of its removals are left.</summary>
    PlanEnded,

    /// <summary>The author or the reason is not valid.</summary>
    InvalidNote,
}

/// <summary>Everything that is held, for API responses and CLI tables.</summary>
public sealed record Held(IReadOnlyList<PauseView> Pauses, IReadOnlyList<PlanView> Plans);

/// <summary>
/// What an operator may hold and release: ad accounts, single remote audiences, and plans with too many removals. It works on the database,
/// so it is the same over HTTP and in the CLI, and running Hosts pick up a change within a second.
/// </summary>
public sealed class OperatorHolds(WorkspaceDatabase database, TimeProvider clock)
{
    private readonly HoldStore _table = new(database);
    private readonly BindingStore _bindings = new(database);
    private readonly HoldQueries _queries = new(database);
    private readonly ResyncQueries _resyncs = new(database);

    public async Task<Held> ReadAsync(CancellationToken cancellationToken) =>
        new(await _queries.ReadPausesAsync(cancellationToken), await _queries.ReadPlansAsync(clock.GetUtcNow(), cancellationToken));

    /// <param name="destination">The ad account.</param>
    /// <param name="remote">One remote audience; null for all of the account.</param>
    /// <param name="by">The author.</param>
    /// <param name="why">The reason.</param>
    /// <param name="cancellationToken">Cancels the storage operation.</param>
    public async Task<HoldAnswer> PauseAsync(
        string destination,
        string? remote,
        string by,
        string? why,
        CancellationToken cancellationToken
    )
    {
        if (!OperatorNote.Fit(by, why))
        {
            return HoldAnswer.InvalidNote;
        }

        return await _table.PauseAsync(new Pause(destination, remote, by, why, clock.GetUtcNow()), cancellationToken) ? HoldAnswer.Done
            : await _table.ExistsAsync(destination, remote, cancellationToken) ? HoldAnswer.Already
            : HoldAnswer.UnknownTarget;
    }

    /// <summary>
    /// Lifts a pause, and any other stop. Remote audiences that were paused individually stay paused when their account is resumed.
    /// </summary>
    public async Task<HoldAnswer> ResumeAsync(string destination, string? remote, string by, CancellationToken cancellationToken)
    {
        if (!OperatorNote.Fit(by, why: null))
        {
            return HoldAnswer.InvalidNote;
        }

        if (!await _table.ExistsAsync(destination, remote, cancellationToken))
        {
            return HoldAnswer.UnknownTarget;
        }

        var paused = await _table.ResumeAsync(destination, remote, by, clock.GetUtcNow(), cancellationToken);
        if (remote is null)
        {
            await _bindings.ResumeAsync(destination, cancellationToken);
        }
        else
        {
            await _table.LiftAsync(destination, remote, cancellationToken);
        }

        return paused ? HoldAnswer.Done : HoldAnswer.Already;
    }

    /// <summary>Approves a plan. The approval is valid for the removals as counted, and for a day.</summary>
    public async Task<HoldAnswer> ApproveAsync(long plan, string by, string? why, CancellationToken cancellationToken)
    {
        if (!OperatorNote.Fit(by, why))
        {
            return HoldAnswer.InvalidNote;
        }

        var now = clock.GetUtcNow();
        var times = (now, now + TimeSpan.FromHours(RemovalGuard.ApprovalHours));
        return await _table.ApproveAsync(plan, by, why, times, cancellationToken) ? HoldAnswer.Done
            : await _table.HasEndedAsync(plan, cancellationToken) is null ? HoldAnswer.UnknownPlan
            : HoldAnswer.PlanEnded;
    }

    /// <summary>
    /// Plans the resync of a remote audience, or of all of an account, and starts it unless it is a dry run. It removes no member that
    /// should be present, so it needs no approval. The budget is shared with all other calls.
    /// </summary>
    public async Task<(HoldAnswer Answer, IReadOnlyList<ResyncPlan> Plans)> ResyncAsync(
        (string Destination, string? Remote) place,
        bool dryRun,
        string by,
        string? why,
        CancellationToken cancellationToken
    )
    {
        if (!OperatorNote.Fit(by, why))
        {
            return (HoldAnswer.InvalidNote, []);
        }

        var plans = await _resyncs.PlanAsync(place.Destination, place.Remote, cancellationToken);
        if (plans.Count == 0)
        {
            return (HoldAnswer.UnknownTarget, plans);
        }

        if (!dryRun)
        {
            await _resyncs.BeginAsync(plans, by, why, clock.GetUtcNow(), cancellationToken);
        }

        return (HoldAnswer.Done, plans);
    }

    /// <summary>The last resyncs and their progress.</summary>
    public Task<IReadOnlyList<ResyncView>> ReadResyncsAsync(CancellationToken cancellationToken) => _resyncs.ReadAsync(cancellationToken);

    /// <summary>Cancels running resyncs. Members that are already marked are still resent.</summary>
    /// <returns>The number of canceled resyncs.</returns>
    public Task<int> CancelResyncAsync(string destination, string? remote, CancellationToken cancellationToken) =>
        _resyncs.CancelAsync(destination, remote, clock.GetUtcNow(), cancellationToken);
}

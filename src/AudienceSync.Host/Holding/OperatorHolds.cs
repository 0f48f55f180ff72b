using AudienceSync.Domain.Audiences;
using AudienceSync.Domain.Syncing;
using AudienceSync.Host.Storage;
using AudienceSync.Host.Storage.Status;
using AudienceSync.Host.Storage.Syncing;

namespace AudienceSync.Host.Holding;

/// <summary>What became of an operator's word.</summary>
public enum HoldAnswer
{
    Done = 1,

    /// <summary>It was so already; who said it first keeps his name.</summary>
    Already,

    /// <summary>No such account, or no such list of it that is fed.</summary>
    UnknownPlace,

    UnknownPlan,

    /// <summary>It was carried out, or there is nothing left of it.</summary>
    PlanEnded,

    /// <summary>Who, or the reason, cannot be kept as it is.</summary>
    InvalidNote,
}

/// <summary>Everything that is held, for answers and tables.</summary>
public sealed record Held(IReadOnlyList<PauseView> Pauses, IReadOnlyList<PlanView> Plans);

/// <summary>
/// What an operator may hold and let go: ad accounts, single remote audiences, and plans of removals that are too many at once. It works on the
/// database, so it is the same over HTTP and by a verb, and running Hosts hear of it within a second.
/// </summary>
public sealed class OperatorHolds(WorkspaceDatabase database, TimeProvider clock)
{
    private readonly HoldTable _table = new(database);
    private readonly BindingTable _bindings = new(database);
    private readonly HoldQueries _queries = new(database);
    private readonly ResyncQueries _resyncs = new(database);

    public async Task<Held> ReadAsync(CancellationToken cancellationToken) =>
        new(await _queries.ReadPausesAsync(cancellationToken), await _queries.ReadPlansAsync(clock.GetUtcNow(), cancellationToken));

    /// <param name="destination">The ad account.</param>
    /// <param name="remote">One remote audience; null for all of the account.</param>
    /// <param name="by">Who.</param>
    /// <param name="why">The reason.</param>
    /// <param name="cancellationToken">Ends the waiting for storage.</param>
    public async Task<HoldAnswer> PauseAsync(string destination, string? remote, string by, string? why, CancellationToken cancellationToken)
    {
        if (!OperatorNote.Fit(by, why))
        {
            return HoldAnswer.InvalidNote;
        }

        return await _table.PauseAsync(new Pause(destination, remote, by, why, clock.GetUtcNow()), cancellationToken) ? HoldAnswer.Done
            : await _table.KnowsAsync(destination, remote, cancellationToken) ? HoldAnswer.Already
            : HoldAnswer.UnknownPlace;
    }

    /// <summary>Lifts a pause, and whatever else stopped it. Lists that were paused one by one stay so when their account is resumed.</summary>
    public async Task<HoldAnswer> ResumeAsync(string destination, string? remote, string by, CancellationToken cancellationToken)
    {
        if (!OperatorNote.Fit(by, why: null))
        {
            return HoldAnswer.InvalidNote;
        }

        if (!await _table.KnowsAsync(destination, remote, cancellationToken))
        {
            return HoldAnswer.UnknownPlace;
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

    /// <summary>Says that a plan is meant. It holds for the plan as it was counted, and for a day.</summary>
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
    /// Plans to say a list, or all of an account, anew, and unless it is a dry run begins it. Nothing is removed that should be there, so it needs
    /// no approval; the budget is shared with all else.
    /// </summary>
    public async Task<(HoldAnswer Answer, IReadOnlyList<ResyncPlan> Plans)> ResyncAsync(
        (string Destination, string? Remote) place, bool dryRun, string by, string? why, CancellationToken cancellationToken)
    {
        if (!OperatorNote.Fit(by, why))
        {
            return (HoldAnswer.InvalidNote, []);
        }

        var plans = await _resyncs.PlanAsync(place.Destination, place.Remote, cancellationToken);
        if (plans.Count == 0)
        {
            return (HoldAnswer.UnknownPlace, plans);
        }

        if (!dryRun)
        {
            await _resyncs.BeginAsync(plans, by, why, clock.GetUtcNow(), cancellationToken);
        }

        return (HoldAnswer.Done, plans);
    }

    /// <summary>The last resyncs and how far they are.</summary>
    public Task<IReadOnlyList<ResyncView>> ReadResyncsAsync(CancellationToken cancellationToken) => _resyncs.ReadAsync(cancellationToken);

    /// <summary>Ends resyncs that run. Who was marked is said all the same.</summary>
    /// <returns>How many.</returns>
    public Task<int> CancelResyncAsync(string destination, string? remote, CancellationToken cancellationToken) =>
        _resyncs.CancelAsync(destination, remote, clock.GetUtcNow(), cancellationToken);
}

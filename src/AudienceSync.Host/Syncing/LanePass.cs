using AudienceSync.Connectors;
using AudienceSync.Domain.Syncing;
using AudienceSync.Host.Storage.Leases;
using AudienceSync.Host.Storage.Syncing;

namespace AudienceSync.Host.Syncing;

/// <summary>How a pass over a lane ended.</summary>
public enum PassEnd
{
    /// <summary>Nothing had changed.</summary>
    Empty = 0,

    /// <summary>The page is done and there may be more.</summary>
    More,

    /// <summary>The page is done and was the last for now.</summary>
    Drained,

    /// <summary>The lane stands where it stood: try later.</summary>
    Held,
}

/// <summary>
/// Takes one page of one lane of one binding: reads who changed behind the lane's place, compares each with the ledger, says the difference, and
/// moves the place together with the outcome. The place moves only over members whose outcome is known.
/// </summary>
public sealed class LanePass(
    string destinationName,
    IDestination destination,
    SyncTable table,
    MemberCalls calls,
    Func<double> chance,
    TimeProvider clock,
    ILogger logger)
{
    /// <summary>After so many answers that no table knows, a human must look.</summary>
    private const int UnknownTries = 3;

    private const string UnknownMark = "_unknown_";

    private readonly Dictionary<int, int> _limits = [];

    public async Task<PassEnd> RunAsync(Lease lease, Binding binding, Lane lane, CancellationToken cancellationToken)
    {
        var limit = _limits.GetValueOrDefault(binding.BindingId, destination.Limits.MembersPerCall);
        var page = await table.ReadLaneAsync(binding, lane, limit, cancellationToken);
        if (page.Count == 0)
        {
            return PassEnd.Empty;
        }

        var (removals, adds) = Plan(page, lane);
        var place = page[^1].ChangedPos;
        if (removals.Count > 0 && !await SayAsync(lease, binding, lane, MemberOperation.Remove, removals, adds.Count == 0 ? place : null, cancellationToken))
        {
            return PassEnd.Held;
        }

        if (adds.Count > 0 && !await SayAsync(lease, binding, lane, MemberOperation.Add, adds, place, cancellationToken))
        {
            return PassEnd.Held;
        }

        if (removals.Count == 0 && adds.Count == 0)
        {
            var state = Settled(lane, place, lane.AttemptsOf(binding), null);
            await table.WriteOutcomeAsync(lease, destinationName, binding, [], state with { NextTryAt = lane.NextTryOf(binding) }, null, clock.GetUtcNow(), cancellationToken);
        }

        return page.Count == limit ? PassEnd.More : PassEnd.Drained;
    }

    private (List<Telling> Removals, List<Telling> Adds) Plan(List<LaneMember> page, Lane lane)
    {
        var removals = new List<Telling>();
        var adds = new List<Telling>();
        foreach (var member in page)
        {
            var step = Reconcile.For(member.Desired, member.Entry, member.Revision, destination.Normaliser);
            if (step != Step.Remove && !lane.Desired)
            {
                // Wanted here after all: the other lane sees to it.
                continue;
            }

            if (step is Step.Remove or Step.Replace)
            {
                removals.Add(new Telling(member.Person, member.Entry.Revision, member.Entry.Normaliser));
            }

            if (step is Step.Add or Step.Replace)
            {
                adds.Add(new Telling(member.Person, member.Revision, destination.Normaliser));
            }
        }

        return (removals, adds);
    }

    // True when the outcome is known and the lane may go on.
    private async Task<bool> SayAsync(
        Lease lease, Binding binding, Lane lane, MemberOperation operation, List<Telling> tellings, long? place, CancellationToken cancellationToken)
    {
        var told = await calls.SayAsync(lease, binding, operation, tellings, cancellationToken);
        var now = clock.GetUtcNow();
        var changes = told.Changes;
        var known = told.Outcome.Kind is OutcomeKind.Done or OutcomeKind.PartlyDone;
        if (told.Outcome.Kind == OutcomeKind.SplitBatch)
        {
            if (tellings.Count == 1)
            {
                changes = [MemberCalls.Refused(operation, tellings[0], told.Outcome.Code)];
                known = true;
            }
            else
            {
                _limits[binding.BindingId] = Math.Max(1, tellings.Count / 2);
            }
        }
        else if (known)
        {
            Widen(binding);
        }

        var state = known ? Settled(lane, place, 0, told.Usage) : Failed(binding, lane, told, now);
        await table.WriteOutcomeAsync(lease, destinationName, binding, known ? changes : [], state, told.Call, now, cancellationToken);
        Log(binding, operation, tellings.Count, told);
        return known;
    }

    private void Widen(Binding binding)
    {
        if (_limits.TryGetValue(binding.BindingId, out var limit))
        {
            _limits[binding.BindingId] = Math.Min(limit * 2, destination.Limits.MembersPerCall);
        }
    }

    private static BindingState Settled(Lane lane, long? place, int attempts, AccountUsage? usage) => new(
        lane, place, attempts, null, null, null, null, usage?.UsedPercent);

    private BindingState Failed(Binding binding, Lane lane, Told told, DateTimeOffset now)
    {
        var outcome = told.Outcome;
        var attempts = lane.AttemptsOf(binding);
        var state = Settled(lane, null, attempts, told.Usage);
        return outcome.Kind switch
        {
            OutcomeKind.Snooze => state with { AccountBlockedUntil = now + (outcome.Wait ?? TimeSpan.FromMinutes(1)) },
            OutcomeKind.StopAccount => state with { AccountStopped = outcome.Code },
            OutcomeKind.StopAudience => state with { BindingStopped = outcome.Code },
            OutcomeKind.SplitBatch => state,
            _ when outcome.Code.Contains(UnknownMark, StringComparison.Ordinal) && attempts + 1 >= UnknownTries =>
                state with { Attempts = attempts + 1, BindingStopped = outcome.Code },
            _ => state with
            {
                Attempts = attempts + 1,
                NextTryAt = now + (outcome.Wait ?? Backoff.After(attempts + 1, chance())),
            },
        };
    }

    private void Log(Binding binding, MemberOperation operation, int members, Told told)
    {
        var level = told.Outcome.Kind switch
        {
            OutcomeKind.Done => LogLevel.Debug,
            OutcomeKind.StopAccount or OutcomeKind.StopAudience => LogLevel.Error,
            _ => LogLevel.Warning,
        };
        logger.Log(
            level,
            "{Destination} {Operation} {Members} at {Remote}: {Outcome} {Code} in {LatencyMs} ms, request {RequestId}",
            destinationName, operation, members, binding.Remote, told.Outcome.Kind, told.Outcome.Code, told.Call?.LatencyMs, told.Call?.RequestId);
    }
}

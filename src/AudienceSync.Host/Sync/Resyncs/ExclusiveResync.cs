using AudienceSync.Connectors;
using AudienceSync.Domain.Syncing;
using AudienceSync.Host.EventStore.Leases;
using AudienceSync.Host.Privacy;
using AudienceSync.Host.Sync.Accounts;
using AudienceSync.Host.Sync.Jobs;
using AudienceSync.Host.Sync.Lanes;
using AudienceSync.Host.Sync.Ledger;
using AudienceSync.Host.Sync.Runs;

namespace AudienceSync.Host.Sync.Resyncs;

/// <summary>
/// Replaces all members of a remote audience that is ours alone by what the ledger has as delivered: members that others added are gone
/// afterwards, and no moment is empty (<see cref="IResyncs"/>).
/// <para>
/// <b>What is sent</b> are the members whose ledger rows are delivered and older than the session, each by the identifiers of its add, so
/// the ledger needs no change: it was right, and the platform is made equal to it. A member whose removal waits for approval is one of
/// them, so no removal is hastened.
/// </para>
/// <para>
/// <b>What changes meanwhile.</b> Where a session refuses other calls (Meta), the lanes of the binding wait for its last batch. Elsewhere
/// they go on, and after the end members whose rows are younger than the session are marked and sent once more by the lanes
/// (<see cref="Redelivery"/>): a removal that a batch overtook is repeated, and so is an add. Members in doubt are sent again everywhere.
/// </para>
/// <para>
/// <b>Jobs.</b> The end removes everyone who was last added before the session. It is sent when every job with members is confirmed: until
/// then they are not there. One that failed begins the session again.
/// </para>
/// <para>
/// <b>Failures</b> delay the binding's adds as any failed call does. A session that took too long, or that the platform gave up, begins
/// again with a new id. A crash repeats the last batch or the end, which is harmless, or leads to a new session.
/// </para>
/// </summary>
public sealed class ExclusiveResync(
    ResyncSessionStore sessions,
    DeliveryStore deliveries,
    IdentifierStore identifiers,
    Vault vault,
    IDestination destination,
    CallBudget budget,
    Func<double> chance,
    TimeProvider clock,
    ILogger logger
)
{
    private readonly IResyncs? _resyncs = destination as IResyncs;

    /// <summary>Whether a resync of this binding replaces all members.</summary>
    public bool Replaces(Binding binding) => binding.Exclusive && _resyncs is not null;

    /// <summary>Whether the platform would refuse what the lanes of this binding send, because a session is open.</summary>
    public bool HoldsLanes(Binding binding) => binding.HasSession && _resyncs is { SessionLifetime: not null };

    /// <summary>
    /// Which rows the sweep after the end marks, besides those in doubt: those written since. Where lanes are held, none.
    /// </summary>
    public DateTimeOffset SweepsSince(OpenSweep resync) =>
        resync.Session is not { } session ? DateTimeOffset.UnixEpoch
        : _resyncs is { SessionLifetime: not null } ? DateTimeOffset.MaxValue
        : session.At;

    /// <summary>One step. Drained when it waits for a job; held when a call failed; null when only the sweep at the end is left.</summary>
    /// <exception cref="LeaseLostException">The account's lease is held by another host.</exception>
    public async Task<RunEnd?> RunAsync(Lease lease, Binding binding, OpenSweep resync, CancellationToken cancellationToken)
    {
        if (resync.Session is not { } session)
        {
            return await BeginAsync(lease, binding, resync, cancellationToken);
        }

        if (session.Ended)
        {
            return await AfterEndAsync(lease, resync, session, cancellationToken);
        }

        if (_resyncs!.SessionLifetime is { } lifetime && clock.GetUtcNow() - session.At + destination.Limits.CallTimeout >= lifetime)
        {
            return await RestartAsync(lease, binding, resync, "session_too_old", cancellationToken);
        }

        return session.Batch < session.Batches
            ? await SendAsync(lease, binding, resync, session, cancellationToken)
            : await EndAsync(lease, binding, resync, session, cancellationToken);
    }

    private async Task<RunEnd?> BeginAsync(Lease lease, Binding binding, OpenSweep resync, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        var members = await sessions.CountAsync(binding, now, cancellationToken);
        var batches = (int)Math.Max(1, (members + destination.Limits.MembersPerCall - 1) / destination.Limits.MembersPerCall);

        // Of several bindings of one account, and of one binding at different times.
        var id = (now.ToUnixTimeMilliseconds() * 1000) + (binding.BindingId % 1000);
        await sessions.BeginAsync(
            lease,
            resync,
            new ResyncSession(id, now, batches, 0, members, Ended: false, EndJob: null),
            cancellationToken
        );
        logger.LogInformation(
            "{Destination} {Remote}: resync {Resync} replaces all members: {Members} in {Batches} batches",
            binding.Destination,
            binding.Remote,
            resync.Id,
            members,
            batches
        );
        return RunEnd.More;
    }

    private async Task<RunEnd?> SendAsync(
        Lease lease,
        Binding binding,
        OpenSweep resync,
        ResyncSession session,
        CancellationToken cancellationToken
    )
    {
        var page = await sessions.ReadAsync(binding, resync.SweptTo, destination.Limits.MembersPerCall, session.At, cancellationToken);
        var (people, members) = await MembersAsync(binding, page, cancellationToken);
        var batch = new ResyncBatch(session.Batch + 1, members);
        var answer = await CallAsync(
            lease,
            binding,
            MemberOperation.Add,
            people,
            token => _resyncs!.SendBatchAsync(ResyncOf(binding, session), batch, token),
            cancellationToken
        );
        if (!answer.IsAccepted)
        {
            return _resyncs!.RestartCodes.Contains(answer.Outcome.Code)
                ? await RestartAsync(lease, binding, resync, answer.Outcome.Code, cancellationToken)
                : RunEnd.Held;
        }

        await sessions.WriteSentAsync(lease, resync, batch.Number, page, cancellationToken);
        return RunEnd.More;
    }

    private async Task<RunEnd?> EndAsync(
        Lease lease,
        Binding binding,
        OpenSweep resync,
        ResyncSession session,
        CancellationToken cancellationToken
    )
    {
        var (running, failed) = await sessions.JobsAsync(binding, session, cancellationToken);
        if (failed > 0)
        {
            return await RestartAsync(lease, binding, resync, "job_failed", cancellationToken);
        }

        if (running > 0)
        {
            return RunEnd.Drained;
        }

        var answer = await CallAsync(
            lease,
            binding,
            MemberOperation.Remove,
            [],
            token => _resyncs!.EndAsync(ResyncOf(binding, session), token),
            cancellationToken
        );
        if (!answer.IsAccepted)
        {
            return RunEnd.Held;
        }

        await sessions.WriteEndAsync(lease, resync, answer.IsMade, cancellationToken);
        return RunEnd.More;
    }

    private async Task<RunEnd?> AfterEndAsync(Lease lease, OpenSweep resync, ResyncSession session, CancellationToken cancellationToken)
    {
        switch (session.EndJob)
        {
            case KeptJobState.Running:
                return RunEnd.Drained;
            case null or KeptJobState.Confirmed:
                return null;
            default:
                await sessions.ReopenAsync(lease, resync, cancellationToken);
                return RunEnd.More;
        }
    }

    private async Task<RunEnd?> RestartAsync(
        Lease lease,
        Binding binding,
        OpenSweep resync,
        string code,
        CancellationToken cancellationToken
    )
    {
        await sessions.RestartAsync(lease, resync, cancellationToken);
        logger.LogWarning(
            "{Destination} {Remote}: resync {Resync} begins again: {Code}",
            binding.Destination,
            binding.Remote,
            resync.Id,
            code
        );
        return RunEnd.Held;
    }

    private async Task<(List<Guid> People, List<Member> Members)> MembersAsync(
        Binding binding,
        SessionBatch page,
        CancellationToken cancellationToken
    )
    {
        var found = await identifiers.ReadAsync(
            binding,
            MemberOperation.Add,
            [.. page.Members.Select(member => member.Person.Value)],
            [.. page.Members.Select(member => member.Entry.Revision)],
            cancellationToken
        );
        var (people, members) = (new List<Guid>(page.Members.Count), new List<Member>(page.Members.Count));
        foreach (var (person, entry) in page.Members)
        {
            // Without identifiers the person has been erased meanwhile.
            if (found.TryGetValue((person, entry.Revision), out var held))
            {
                var opened = vault.OpenIdentifiers(person, entry.Revision, held.KeyVersion, held.Salt, held.Cipher);
                people.Add(person.Value);
                members.Add(new Member(IdentifierChange.Omit(opened, entry.Omitted), entry.Normalizer));
            }
        }

        return (people, members);
    }

    // A call without members of its own in the ledger: counted before, recorded after.
    private async Task<CallAnswer> CallAsync(
        Lease lease,
        Binding binding,
        MemberOperation operation,
        List<Guid> people,
        Func<CancellationToken, ValueTask<CallResult>> call,
        CancellationToken cancellationToken
    )
    {
        if (await budget.TakeAsync(lease, operation, cancellationToken) is { } wait)
        {
            return await WriteAsync(lease, binding, CallAnswer.NoBudget(wait), call: null, run: null, cancellationToken);
        }

        var run = RunOf(operation, people.Count);
        await deliveries.WriteIntentAsync(
            lease,
            binding,
            new MemberIntent([], [], [], run),
            budget.Unwritten(),
            destination.Limits.CallTimeout,
            clock.GetUtcNow(),
            cancellationToken
        );
        var (started, sentAt) = (clock.GetTimestamp(), clock.GetUtcNow());
        var result = await call(cancellationToken);
        budget.Spend(result.Requests - 1);
        if (result.Usage is { } usage)
        {
            budget.RecordUsage(usage);
        }

        var answer = AnswerOf(result);
        var record = new CallRecord(
            operation,
            people.Count,
            answer.Refused,
            answer.Outcome.Kind,
            answer.Outcome.Code,
            result.HttpStatus,
            result.PlatformRequestId,
            sentAt,
            (int)clock.GetElapsedTime(started).TotalMilliseconds
        )
        {
            Kind = run.Kind,
            Job = JobOf(result),
        };
        return answer.IsMade
            ? await WriteAsync(
                lease,
                binding,
                answer,
                record,
                new RunOutcome(run.Lane, RowOf(run.Kind, people, answer), people.Count - answer.Invalid.Count),
                cancellationToken
            )
            : await WriteAsync(lease, binding, answer, call: null, run: null, cancellationToken);
    }

    private AcceptedJob? JobOf(CallResult result) =>
        result.Job is { } job ? new AcceptedJob(job, clock.GetUtcNow() + (destination.Limits.FirstJobPoll ?? JobGaps.First)) : null;

    private static CallAnswer AnswerOf(CallResult result)
    {
        // A batch refused for its size would be refused again at once: it is retried like a call without a conclusive answer.
        var outcome = result.Outcome.Kind == OutcomeKind.SplitBatch ? new Outcome(OutcomeKind.Retry, result.Outcome.Code) : result.Outcome;
        var answer = result.ToAnswer() with { Outcome = outcome };

        // Where nothing had to be sent, there was no call.
        return answer with
        {
            IsMade = result.HttpStatus != 0 || !answer.IsAccepted,
        };
    }

    private static DeliveryRow RowOf(DeliveryKind kind, List<Guid> people, CallAnswer answer)
    {
        var rest = DeliveryResults.OfRest(answer.Outcome, answer.HidesNames, answer.HasJob);
        if (people.Count == 0)
        {
            // The end of a session: what became of the strangers.
            return new DeliveryRow(kind, answer.Outcome, people, [rest], Codes: null);
        }

        var results = Enumerable.Repeat(rest, people.Count).ToList();
        foreach (
            var (index, refused) in answer
                .Invalid.Select(one => (one.Index, DeliveryResults.Invalid(one.Reason)))
                .Concat(answer.Rejected.Select(one => (one.Index, DeliveryResults.Rejected(one.Reason))))
        )
        {
            results[index] = refused;
        }

        return DeliveryRow.Of(kind, answer.Outcome, people.Zip(results));
    }

    // All of it belongs to the run of the lane of adds: members are sent again, and strangers go with the last call.
    private static RunIntent RunOf(MemberOperation operation, int members) =>
        new(
            Lane.Adds,
            RunCause.Redelivery,
            operation == MemberOperation.Add ? DeliveryKind.Refresh : DeliveryKind.Remove,
            members,
            members
        );

    private async Task<CallAnswer> WriteAsync(
        Lease lease,
        Binding binding,
        CallAnswer answer,
        CallRecord? call,
        RunOutcome? run,
        CancellationToken cancellationToken
    )
    {
        var now = clock.GetUtcNow();
        var lane = Lane.Adds.ProgressOf(binding, refusals: 0);
        var state = answer.IsAccepted
            ? LaneRule.Accepted(lane, place: null, answer, now)
            : LaneRule.Failed(lane, answer, now, answer.NeedsChance ? chance() : 0);
        await deliveries.WriteOutcomeAsync(
            lease,
            binding,
            new OutcomeWrite(Lane.Adds, state) { Call = call, Run = run },
            now,
            cancellationToken
        );
        if (!answer.IsAccepted && answer.IsMade)
        {
            logger.LogWarning(
                "{Destination} {Remote}: a call of a resync failed: {Outcome} {Code}",
                binding.Destination,
                binding.Remote,
                answer.Outcome.Kind,
                answer.Outcome.Code
            );
        }

        return answer;
    }

    private static Resync ResyncOf(Binding binding, ResyncSession session) =>
        new(new RemoteAudienceId(binding.Remote), session.Id, session.At, session.Batches, session.Members);
}

using System.Collections.Concurrent;
using System.Diagnostics;
using AudienceSync.Connectors;
using AudienceSync.Connectors.Http;
using AudienceSync.Domain.Identity;
using AudienceSync.Domain.Syncing;
using AudienceSync.Host.EventStore.Leases;
using AudienceSync.Host.Privacy;
using AudienceSync.Host.Sync.Accounts;
using AudienceSync.Host.Sync.Jobs;
using AudienceSync.Host.Sync.Ledger;
using AudienceSync.Host.Sync.Runs;
using AudienceSync.Host.Telemetry;

namespace AudienceSync.Host.Sync.Lanes;

/// <summary>
/// Sends one operation for a batch of members to the platform.
/// <para>
/// <b>The order is essential.</b> First the intent goes into the ledger and is durable: from then on, whatever happens, the ledger has "the
/// member may be there" rather than "the member is not there". Then the call. Then, by the caller, the outcome with the lane's position, in
/// one transaction. A crash between any two of these leads to the same call again, which is idempotent because a remote audience is a set,
/// or, if the person changed in the meantime, to the opposite call, which is right in either case.
/// </para>
/// </summary>
public sealed class MemberCalls(
    DeliveryStore deliveryStore,
    IdentifierStore identifierStore,
    Vault vault,
    IDestination destination,
    CallBudget budget,
    SharedCells shared,
    CallSeal seal,
    TimeProvider clock
)
{
    /// <summary>From this many members in a call on, opening them is distributed over all processors.</summary>
    private const int ParallelOpening = 2_000;

    /// <exception cref="LeaseLostException">The account's lease is held by another host; no call was made.</exception>
    public async Task<SentCall> SendAsync(
        Lease lease,
        Binding binding,
        MemberOperation operation,
        IReadOnlyList<MemberDelivery> deliveries,
        RunIntent run,
        CancellationToken cancellationToken
    )
    {
        if (await budget.TakeAsync(lease, operation, cancellationToken) is { } wait)
        {
            return new SentCall(new DeliveryCall(operation, deliveries, []), CallAnswer.NoBudget(wait), null);
        }

        await WriteIntentAsync(lease, binding, operation, deliveries, run, cancellationToken);
        var (call, members) = await OpenAsync(lease, binding, operation, deliveries, cancellationToken);
        if (members.Count == 0)
        {
            return new SentCall(call, CallAnswer.NothingToSend, null);
        }

        if (operation == MemberOperation.Remove)
        {
            await shared.RedeliverAsync(lease, binding, destination.Limits, call, members, cancellationToken);
        }

        var started = clock.GetTimestamp();
        var sentAt = clock.GetUtcNow();
        var (result, exchange) = await CallAsync(
            binding,
            new MemberCall(new RemoteAudienceId(binding.Remote), operation, members),
            cancellationToken
        );
        budget.Spend(result.Requests - 1);
        if (result.Usage is { } usage)
        {
            budget.RecordUsage(usage);
        }

        var answer = result.ToAnswer();
        var record = new CallRecord(
            operation,
            members.Count,
            answer.Refused,
            result.Outcome.Kind,
            result.Outcome.Code,
            result.HttpStatus,
            result.PlatformRequestId,
            sentAt,
            (int)clock.GetElapsedTime(started).TotalMilliseconds
        )
        {
            Kind = run.Kind,
            Exchange = exchange is null ? null : seal.Seal(sentAt, exchange),
            Job = JobOf(result),
        };
        return new SentCall(call, answer, record);
    }

    private AcceptedJob? JobOf(CallResult result) =>
        result.Job is { } job ? new AcceptedJob(job, clock.GetUtcNow() + (destination.Limits.FirstJobPoll ?? JobGaps.First)) : null;

    private Task WriteIntentAsync(
        Lease lease,
        Binding binding,
        MemberOperation operation,
        IReadOnlyList<MemberDelivery> deliveries,
        RunIntent run,
        CancellationToken cancellationToken
    )
    {
        var sending = operation == MemberOperation.Add ? LedgerStatus.Adding : LedgerStatus.Removing;
        var intent = new MemberIntent(
            [
                .. deliveries
                    .Where(delivery => delivery.Residual is null)
                    .Select(delivery => new LedgerChange(delivery.Person, delivery.Entry(sending), null) { IsNew = delivery.IsNew }),
            ],
            [
                .. deliveries
                    .Where(delivery => delivery.Residual is not null)
                    .Select(delivery => new ResidualChange(delivery.Person, delivery.Entry(sending), delivery.Residual!.Value, null, null)),
            ],
            Lost(deliveries),
            run
        );
        var (slots, oldest) = budget.Unwritten();
        return deliveryStore.WriteIntentAsync(
            lease,
            binding,
            intent,
            (slots, oldest),
            destination.Limits.CallTimeout,
            clock.GetUtcNow(),
            cancellationToken
        );
    }

    private async Task<(CallResult Result, CallExchange? Exchange)> CallAsync(
        Binding binding,
        MemberCall call,
        CancellationToken cancellationToken
    )
    {
        using var span = Spans.Start(Spans.Call, ActivityKind.Client);
        using var recorder = ExchangeRecorder.Start();
        var result = await destination.SendAsync(call, cancellationToken);
        span?.SetTag(Spans.Destination, binding.Destination)
            .SetTag(Spans.Audience, binding.Audience)
            .SetTag(Spans.Operation, call.Operation.ToString())
            .SetTag(Spans.Members, call.Members.Count)
            .SetTag(Spans.Outcome, result.Outcome.Kind.ToString())
            .SetTag(Spans.Code, result.Outcome.Code)
            .SetTag(Spans.Status, result.HttpStatus);
        return (result, recorder.Last);
    }

    // Members whose former call got no response and may be carried out after this one.
    private List<ResidualChange> Lost(IReadOnlyList<MemberDelivery> deliveries)
    {
        var time = InDoubtCalls.TimeOf(destination.Limits.UsesJobs);
        var lost = new List<ResidualChange>();
        foreach (var delivery in deliveries)
        {
            if (
                delivery.Unanswered is { } sending
                && InDoubtCalls.UnderWay(sending) is { } operation
                && (delivery.SentAt is not { } at || at + time > clock.GetUtcNow())
            )
            {
                var kind = operation == MemberOperation.Add ? ResidualKind.LateAdd : ResidualKind.LateRemoval;
                lost.Add(new ResidualChange(delivery.Person, sending, kind, time, null));
            }
        }

        return lost;
    }

    // The members as they are sent, and who of them is not.
    private async Task<(DeliveryCall Call, List<Member> Members)> OpenAsync(
        Lease lease,
        Binding binding,
        MemberOperation operation,
        IReadOnlyList<MemberDelivery> deliveries,
        CancellationToken cancellationToken
    )
    {
        var people = deliveries.Select(delivery => delivery.Person.Value).ToList();
        var revisions = deliveries.Select(delivery => delivery.Revision).ToList();
        var sealedIdentifiers = await identifierStore.ReadAsync(binding, operation, people, revisions, cancellationToken);
        var opened = Open(deliveries, sealedIdentifiers);
        var held = await SharedAsync(lease, binding, operation, shared.Of(destination, deliveries, opened), cancellationToken);
        var members = new List<Member>(deliveries.Count);
        var intended = new List<MemberDelivery>(deliveries.Count);
        var unsent = new List<UnsentMember>();
        for (var i = 0; i < deliveries.Count; i++)
        {
            var delivery = deliveries[i];
            intended.Add(delivery);
            if (opened[i] is not { } identifiers)
            {
                unsent.Add(new UnsentMember(i, UnsentMember.Destroyed));
                continue;
            }

            var key = (delivery.Person, delivery.Revision);
            var kept = (sealedIdentifiers[key].Kept | held.GetValueOrDefault(key)) & delivery.Parts;
            var sendable = IdentifierChange.Restrict(identifiers, delivery.Parts & ~kept);
            if (kept != IdentifierParts.None && sendable is { CustomerId: null, Email: null, Phone: null, Details: null })
            {
                unsent.Add(new UnsentMember(i, UnsentMember.KeptForAnother));
                continue;
            }

            intended[i] = kept == IdentifierParts.None ? delivery : delivery with { Kept = kept };
            members.Add(new Member(sendable, delivery.Normalizer));
        }

        return (new DeliveryCall(operation, intended, unsent), members);
    }

    // What is added is recorded; for what is removed the table is queried for other members that have it.
    private async Task<Dictionary<(PersonId Person, int Revision), IdentifierParts>> SharedAsync(
        Lease lease,
        Binding binding,
        MemberOperation operation,
        List<DeliveredCell> cells,
        CancellationToken cancellationToken
    )
    {
        if (operation == MemberOperation.Remove)
        {
            return await shared.FindHeldAsync(binding, cells, cancellationToken);
        }

        await shared.KeepAsync(lease, cells, cancellationToken);
        return [];
    }

    // Null for a member without stored identifiers. Opening is most of the cost of a large call on our side, so it is distributed over all
    // processors.
    private PersonIdentifiers?[] Open(
        IReadOnlyList<MemberDelivery> deliveries,
        Dictionary<(PersonId Person, int Revision), SealedIdentifiers> sealedIdentifiers
    )
    {
        var opened = new PersonIdentifiers?[deliveries.Count];
        if (deliveries.Count < ParallelOpening)
        {
            for (var i = 0; i < opened.Length; i++)
            {
                OpenOne(i);
            }
        }
        else
        {
            Parallel.ForEach(
                Partitioner.Create(0, opened.Length, ParallelOpening / 4),
                range =>
                {
                    for (var i = range.Item1; i < range.Item2; i++)
                    {
                        OpenOne(i);
                    }
                }
            );
        }

        return opened;

        void OpenOne(int i)
        {
            var delivery = deliveries[i];
            opened[i] = sealedIdentifiers.TryGetValue((delivery.Person, delivery.Revision), out var found)
                ? IdentifierChange.Omit(
                    vault.OpenIdentifiers(delivery.Person, delivery.Revision, found.KeyVersion, found.Salt, found.Cipher),
                    delivery.Omitted
                )
                : null;
        }
    }
}

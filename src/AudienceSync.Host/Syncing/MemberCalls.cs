using System.Collections.Concurrent;
using AudienceSync.Connectors;
using AudienceSync.Domain.Identity;
using AudienceSync.Domain.Syncing;
using AudienceSync.Host.Privacy;
using AudienceSync.Host.Storage.Leases;
using AudienceSync.Host.Storage.Syncing;

namespace AudienceSync.Host.Syncing;

/// <summary>
/// Says one operation for a batch of members to the platform.
/// <para>
/// <b>The order is the point.</b> First the intent goes into the ledger and is durable: from then on, whatever happens, the ledger says "he
/// may be there" rather than "he is not". Then the call. Then, by the caller, the outcome with the lane's place, in one transaction. A crash
/// between any two of these leads to the same call again, which a set does not mind, or, if the person changed meanwhile, to the opposite
/// call, which is right in either case.
/// </para>
/// </summary>
public sealed class MemberCalls(SyncTable table, Vault vault, IDestination destination, CallBudget budget, SharedCells shared, TimeProvider clock)
{
    private const string Destroyed = "identifiers_destroyed";

    /// <summary>Members of a call from which on opening them is shared among processors.</summary>
    private const int SharedOpening = 2_000;

    /// <exception cref="LeaseLostException">The account is another host's; no call was made.</exception>
    public async Task<Told> SayAsync(
        Lease lease, Binding binding, MemberOperation operation, IReadOnlyList<Telling> tellings, CancellationToken cancellationToken)
    {
        if (await budget.TakeAsync(lease, operation, cancellationToken) is { } wait)
        {
            return new Told(new Outcome(OutcomeKind.Snooze, CallBudget.Code, wait), [], [], null, null);
        }

        var said = operation == MemberOperation.Add ? LedgerStatus.Adding : LedgerStatus.Removing;
        var intent = new MemberIntent(
            [.. tellings.Where(telling => telling.Remains is null).Select(telling => new LedgerChange(telling.Person, telling.Entry(said), null) { IsNew = telling.IsNew })],
            [.. tellings.Where(telling => telling.Remains is not null).Select(telling => new RemainsChange(telling.Person, telling.Entry(said), telling.Remains!.Value, null, null))],
            Lost(tellings));
        var (slots, oldest) = budget.Unwritten();
        await table.WriteIntentAsync(lease, binding, intent, (slots, oldest), destination.Limits.CallTimeout, clock.GetUtcNow(), cancellationToken);

        var told = new Told(Outcome.Done, new List<LedgerChange>(tellings.Count), [], null, null);
        var (members, sent) = await MembersAsync(lease, binding, operation, tellings, told, cancellationToken);
        if (members.Count == 0)
        {
            return told;
        }

        if (operation == MemberOperation.Remove)
        {
            await shared.RedeliverAsync(lease, binding, destination.Limits, sent, members, cancellationToken);
        }

        var started = clock.GetTimestamp();
        var sentAt = clock.GetUtcNow();
        var result = await destination.SendAsync(new MemberCall(new RemoteAudienceId(binding.Remote), operation, members), cancellationToken);
        budget.Spend(result.Requests - 1);
        if (result.Usage is { } usage)
        {
            budget.Learn(usage);
        }

        var hides = result.Job is null && Refusals.HideNames(result.Outcome.Kind, result.Rejected.Count, result.RejectedCount);
        if (result.Outcome.Kind is OutcomeKind.Done or OutcomeKind.PartlyDone)
        {
            Settle(operation, sent, result, hides, told);
        }

        var call = new CallRecord(
            operation, members.Count, result.Invalid.Count + Math.Max(result.RejectedCount, result.Rejected.Count), result.Outcome.Kind, result.Outcome.Code,
            result.HttpStatus, result.PlatformRequestId, sentAt, (int)clock.GetElapsedTime(started).TotalMilliseconds)
        {
            Job = result.Job is { } job ? new AcceptedJob(job, clock.GetUtcNow() + (destination.Limits.JobFirstLook ?? JobGaps.First)) : null,
        };
        return told with { Outcome = result.Outcome, Call = call, Usage = result.Usage, HidesNames = hides && operation == MemberOperation.Remove && sent.Count > 1 };
    }

    // Whose former call was never answered, and may be carried out after this one.
    private List<RemainsChange> Lost(IReadOnlyList<Telling> tellings)
    {
        var time = LateCalls.TimeOf(destination.Limits.WorksByJobs);
        var lost = new List<RemainsChange>();
        foreach (var telling in tellings)
        {
            if (telling.Unanswered is { } said && LateCalls.UnderWay(said) is { } operation && (telling.SaidAt is not { } at || at + time > clock.GetUtcNow()))
            {
                var kind = operation == MemberOperation.Add ? RemainsKind.LateAdd : RemainsKind.LateRemoval;
                lost.Add(new RemainsChange(telling.Person, said, kind, time, null));
            }
        }

        return lost;
    }

    private async Task<(List<Member> Members, List<Telling> Sent)> MembersAsync(
        Lease lease, Binding binding, MemberOperation operation, IReadOnlyList<Telling> tellings, Told told, CancellationToken cancellationToken)
    {
        var people = tellings.Select(telling => telling.Person.Value).ToList();
        var revisions = tellings.Select(telling => telling.Revision).ToList();
        var sealedIdentifiers = await table.ReadIdentifiersAsync(binding, operation, people, revisions, cancellationToken);
        var opened = Open(tellings, sealedIdentifiers);
        var held = await SharedAsync(lease, binding, operation, shared.Of(destination, tellings, opened), cancellationToken);
        var members = new List<Member>(tellings.Count);
        var sent = new List<Telling>(tellings.Count);
        for (var i = 0; i < tellings.Count; i++)
        {
            var telling = tellings[i];
            if (opened[i] is not { } identifiers)
            {
                told.Skip(operation, telling, Destroyed);
                continue;
            }

            var key = (telling.Person, telling.Revision);
            var kept = (sealedIdentifiers[key].Kept | held.GetValueOrDefault(key)) & telling.Parts;
            telling = kept == IdentifierParts.None ? telling : telling with { Kept = kept };
            var sayable = IdentifierChange.Restrict(identifiers, telling.Parts & ~kept);
            if (kept != IdentifierParts.None && sayable is { CustomerId: null, Email: null, Phone: null, Details: null })
            {
                told.Skip(operation, telling, Told.KeptForAnother);
                continue;
            }

            members.Add(new Member(sayable, telling.Normalizer));
            sent.Add(telling);
        }

        return (members, sent);
    }

    // What is added is kept on record; of what is removed it is asked whether another member has it.
    private async Task<Dictionary<(PersonId Person, int Revision), IdentifierParts>> SharedAsync(
        Lease lease, Binding binding, MemberOperation operation, List<DeliveredCell> cells, CancellationToken cancellationToken)
    {
        if (operation == MemberOperation.Remove)
        {
            return await shared.FindHeldAsync(binding, cells, cancellationToken);
        }

        await shared.KeepAsync(lease, cells, cancellationToken);
        return [];
    }

    // Null of whom nothing is held. Opening is the most of what a large call costs us, so all processors share it.
    private PersonIdentifiers?[] Open(
        IReadOnlyList<Telling> tellings, Dictionary<(PersonId Person, int Revision), SealedIdentifiers> sealedIdentifiers)
    {
        var opened = new PersonIdentifiers?[tellings.Count];
        if (tellings.Count < SharedOpening)
        {
            for (var i = 0; i < opened.Length; i++)
            {
                OpenOne(i);
            }
        }
        else
        {
            Parallel.ForEach(Partitioner.Create(0, opened.Length, SharedOpening / 4), range =>
            {
                for (var i = range.Item1; i < range.Item2; i++)
                {
                    OpenOne(i);
                }
            });
        }

        return opened;

        void OpenOne(int i)
        {
            var telling = tellings[i];
            opened[i] = sealedIdentifiers.TryGetValue((telling.Person, telling.Revision), out var found)
                ? vault.OpenIdentifiers(telling.Person, telling.Revision, found.KeyVersion, found.Salt, found.Cipher)
                : null;
        }
    }

    private static void Settle(MemberOperation operation, List<Telling> sent, CallResult result, bool hides, Told told)
    {
        var invalid = result.Invalid.ToDictionary(member => member.Index, member => member.Reason);
        var refused = new Dictionary<int, string>();
        foreach (var member in result.Rejected)
        {
            refused[member.Index] = member.Reason;
        }

        for (var i = 0; i < sent.Count; i++)
        {
            if (refused.TryGetValue(i, out var why))
            {
                told.Refuse(operation, sent[i], why);
            }
            else if (invalid.TryGetValue(i, out var unusable))
            {
                told.Skip(operation, sent[i], unusable);
            }
            else if (!hides || operation == MemberOperation.Add)
            {
                told.Take(operation, sent[i], result.Job is null ? null : i, hides ? result.Outcome.Code : null);
            }
            else if (sent.Count == 1)
            {
                told.Refuse(operation, sent[i], result.Outcome.Code);
            }
        }
    }
}

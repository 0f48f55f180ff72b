using System.Collections.Concurrent;
using AudienceSync.Connectors;
using AudienceSync.Domain.Identity;
using AudienceSync.Domain.Syncing;
using AudienceSync.Host.Privacy;
using AudienceSync.Host.Storage.Leases;
using AudienceSync.Host.Storage.Syncing;

namespace AudienceSync.Host.Syncing;

/// <summary>What a call came to, and what the ledger shall say for it.</summary>
/// <param name="Outcome">Of the call.</param>
/// <param name="Changes">For the ledger.</param>
/// <param name="Leftovers">Removals of what stays at the platform of people whose new saying was refused.</param>
/// <param name="Call">For the record; null when nothing had to be called.</param>
/// <param name="Usage">The account's budget, if the platform told.</param>
public sealed record Told(Outcome Outcome, List<LedgerChange> Changes, List<Telling> Leftovers, CallRecord? Call, AccountUsage? Usage);

/// <summary>
/// Says one operation for a batch of members to the platform.
/// <para>
/// <b>The order is the point.</b> First the intent goes into the ledger and is durable: from then on, whatever happens, the ledger says "he
/// may be there" rather than "he is not". Then the call. Then, by the caller, the outcome with the lane's place, in one transaction. A crash
/// between any two of these leads to the same call again, which a set does not mind, or, if the person changed meanwhile, to the opposite
/// call, which is right in either case.
/// </para>
/// </summary>
public sealed class MemberCalls(SyncTable table, Vault vault, IDestination destination, CallBudget budget, TimeProvider clock)
{
    private const string Destroyed = "identifiers_destroyed";
    private const string Kept = "address_of_another";

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
        var intent = tellings.Select(telling => new LedgerChange(telling.Person, telling.Entry(said), null) { IsNew = telling.IsNew }).ToList();
        var (slots, oldest) = budget.Unwritten();
        await table.WriteIntentAsync(lease, binding, intent, (slots, oldest), destination.Limits.CallTimeout, clock.GetUtcNow(), cancellationToken);

        var changes = new List<LedgerChange>(tellings.Count);
        var leftovers = new List<Telling>();
        var (members, sent) = await MembersAsync(binding, operation, tellings, changes, cancellationToken);
        if (members.Count == 0)
        {
            return new Told(Outcome.Done, changes, leftovers, null, null);
        }

        var started = clock.GetTimestamp();
        var sentAt = clock.GetUtcNow();
        var result = await destination.SendAsync(new MemberCall(new RemoteAudienceId(binding.Remote), operation, members), cancellationToken);
        budget.Spend(result.Requests - 1);
        if (result.Usage is { } usage)
        {
            budget.Learn(usage);
        }

        if (result.Outcome.Kind is OutcomeKind.Done or OutcomeKind.PartlyDone)
        {
            Settle(operation, sent, result, changes, leftovers);
        }

        var call = new CallRecord(
            operation, members.Count, result.Invalid.Count + Math.Max(result.RejectedCount, result.Rejected.Count), result.Outcome.Kind, result.Outcome.Code,
            result.HttpStatus, result.PlatformRequestId, sentAt, (int)clock.GetElapsedTime(started).TotalMilliseconds)
        {
            Job = result.Job is { } job ? new AcceptedJob(job, clock.GetUtcNow() + (destination.Limits.JobFirstLook ?? JobGaps.First)) : null,
        };
        return new Told(result.Outcome, changes, leftovers, call, result.Usage);
    }

    /// <summary>
    /// What the ledger says of a member whom the platform refuses by name, or who spoils any call he is in. A refused removal has removed
    /// nobody: he may still be there, which is what "removing" says, with the reason.
    /// </summary>
    public static LedgerChange Refused(MemberOperation operation, Telling telling, string reason) =>
        new(telling.Person, operation == MemberOperation.Add ? telling.Entry(LedgerStatus.Rejected) : telling.Entry(LedgerStatus.Removing), reason);

    /// <summary>What has to be removed because its new saying was refused; null when nothing stays.</summary>
    public static Telling? Leftover(Telling telling, LedgerChange refused) => telling.Stays is { } former
        ? new Telling(telling.Person, former.Revision, former.Normaliser) { After = refused.Entry, Reason = refused.Reason }
        : null;

    private async Task<(List<Member> Members, List<Telling> Sent)> MembersAsync(
        Binding binding, MemberOperation operation, IReadOnlyList<Telling> tellings, List<LedgerChange> changes, CancellationToken cancellationToken)
    {
        var people = tellings.Select(telling => telling.Person.Value).ToList();
        var revisions = tellings.Select(telling => telling.Revision).ToList();
        var sealedIdentifiers = await table.ReadIdentifiersAsync(binding, operation, people, revisions, cancellationToken);
        var opened = Open(tellings, sealedIdentifiers);
        var members = new List<Member>(tellings.Count);
        var sent = new List<Telling>(tellings.Count);
        for (var i = 0; i < tellings.Count; i++)
        {
            var telling = tellings[i];
            if (opened[i] is not { } identifiers)
            {
                changes.Add(NotSent(operation, telling, Destroyed));
                continue;
            }

            var found = sealedIdentifiers[(telling.Person, telling.Revision)];
            var sayable = SayingChange.Restrict(found.Sayable(identifiers), telling.Parts);
            if (operation == MemberOperation.Remove && sayable is { Email: null, Phone: null } && (found.EmailKept || found.PhoneKept))
            {
                changes.Add(NotSent(operation, telling, Kept));
                continue;
            }

            members.Add(new Member(sayable, telling.Normaliser));
            sent.Add(telling);
        }

        return (members, sent);
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

    private static void Settle(
        MemberOperation operation, List<Telling> sent, CallResult result, List<LedgerChange> changes, List<Telling> leftovers)
    {
        var refused = new Dictionary<int, LedgerChange>();
        foreach (var invalid in result.Invalid)
        {
            refused[invalid.Index] = NotSent(operation, sent[invalid.Index], invalid.Reason);
        }

        foreach (var rejected in result.Rejected)
        {
            refused[rejected.Index] = Refused(operation, sent[rejected.Index], rejected.Reason);
        }

        for (var i = 0; i < sent.Count; i++)
        {
            if (!refused.TryGetValue(i, out var change))
            {
                changes.Add(Settled(operation, sent[i], result.Job is null ? null : i));
            }
            else if (operation == MemberOperation.Add && Leftover(sent[i], change) is { } leftover)
            {
                leftovers.Add(leftover);
            }
            else
            {
                changes.Add(change);
            }
        }
    }

    // A removal that a job will do is kept under what was said, for it may have to be said again.
    private static LedgerChange Settled(MemberOperation operation, Telling telling, int? jobRow) => operation == MemberOperation.Add
        ? new LedgerChange(telling.Person, telling.Entry(LedgerStatus.Delivered), null) { JobRow = jobRow }
        : new LedgerChange(telling.Person, (jobRow is null ? telling.After : null) ?? telling.Entry(LedgerStatus.Absent), telling.Reason) { JobRow = jobRow };

    private static LedgerChange NotSent(MemberOperation operation, Telling telling, string reason) => operation == MemberOperation.Add
        ? new LedgerChange(telling.Person, telling.Entry(LedgerStatus.Invalid), reason)
        : new LedgerChange(telling.Person, telling.After ?? telling.Entry(LedgerStatus.Absent), telling.Reason ?? reason);
}

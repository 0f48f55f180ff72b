using AudienceSync.Connectors;
using AudienceSync.Domain.Identity;
using AudienceSync.Domain.Normalising;
using AudienceSync.Domain.Syncing;
using AudienceSync.Host.Privacy;
using AudienceSync.Host.Storage.Leases;
using AudienceSync.Host.Storage.Syncing;

namespace AudienceSync.Host.Syncing;

/// <summary>A member to be said, under the revision and normaliser by which he is to be said.</summary>
public readonly record struct Telling(PersonId Person, int Revision, NormaliserVersion Normaliser);

/// <summary>What a call came to, and what the ledger shall say for it.</summary>
public sealed record Told(Outcome Outcome, IReadOnlyList<LedgerChange> Changes, CallRecord? Call, AccountUsage? Usage);

/// <summary>
/// Says one operation for a batch of members to the platform.
/// <para>
/// <b>The order is the point.</b> First the intent goes into the ledger and is durable: from then on, whatever happens, the ledger says "he
/// may be there" rather than "he is not". Then the call. Then, by the caller, the outcome with the lane's place, in one transaction. A crash
/// between any two of these leads to the same call again, which a set does not mind, or, if the person changed meanwhile, to the opposite
/// call, which is right in either case.
/// </para>
/// </summary>
public sealed class MemberCalls(SyncTable table, Vault vault, IDestination destination, TimeProvider clock)
{
    private const string Destroyed = "identifiers_destroyed";
    private const string Kept = "address_of_another";

    /// <exception cref="LeaseLostException">The account is another host's; no call was made.</exception>
    public async Task<Told> SayAsync(
        Lease lease, Binding binding, MemberOperation operation, IReadOnlyList<Telling> tellings, CancellationToken cancellationToken)
    {
        var said = operation == MemberOperation.Add ? LedgerStatus.Adding : LedgerStatus.Removing;
        var intent = tellings.Select(telling => new LedgerChange(telling.Person, Entry(telling, said), null)).ToList();
        await table.WriteIntentAsync(lease, binding, intent, destination.Limits.CallTimeout, clock.GetUtcNow(), cancellationToken);

        var changes = new List<LedgerChange>(tellings.Count);
        var (members, sent) = await MembersAsync(binding, operation, tellings, changes, cancellationToken);
        if (members.Count == 0)
        {
            return new Told(Outcome.Done, changes, null, null);
        }

        var started = clock.GetTimestamp();
        var sentAt = clock.GetUtcNow();
        var result = await destination.SendAsync(new MemberCall(new RemoteAudienceId(binding.Remote), operation, members), cancellationToken);
        if (result.Outcome.Kind is OutcomeKind.Done or OutcomeKind.PartlyDone)
        {
            Settle(operation, sent, result, changes);
        }

        var call = new CallRecord(
            operation, members.Count, result.Invalid.Count + Math.Max(result.RejectedCount, result.Rejected.Count), result.Outcome.Kind, result.Outcome.Code,
            result.HttpStatus, result.PlatformRequestId, sentAt, (int)clock.GetElapsedTime(started).TotalMilliseconds);
        return new Told(result.Outcome, changes, call, result.Usage);
    }

    /// <summary>What the ledger says of a member the platform spoils the whole batch for.</summary>
    public static LedgerChange Refused(MemberOperation operation, Telling telling, string reason) => operation == MemberOperation.Add
        ? new LedgerChange(telling.Person, Entry(telling, LedgerStatus.Rejected), reason)
        : new LedgerChange(telling.Person, Entry(telling, LedgerStatus.Absent), reason);

    private async Task<(List<Member> Members, List<Telling> Sent)> MembersAsync(
        Binding binding, MemberOperation operation, IReadOnlyList<Telling> tellings, List<LedgerChange> changes, CancellationToken cancellationToken)
    {
        var people = tellings.Select(telling => telling.Person.Value).ToList();
        var revisions = tellings.Select(telling => telling.Revision).ToList();
        var sealedIdentifiers = await table.ReadIdentifiersAsync(binding, operation, people, revisions, cancellationToken);
        var members = new List<Member>(tellings.Count);
        var sent = new List<Telling>(tellings.Count);
        foreach (var telling in tellings)
        {
            if (sealedIdentifiers.TryGetValue((telling.Person, telling.Revision), out var found))
            {
                var revision = vault.Open(telling.Person, telling.Revision, found.KeyVersion, found.Salt, found.Cipher);
                var sayable = found.Sayable(revision.Identifiers);
                if (operation == MemberOperation.Remove && sayable is { Email: null, Phone: null } && (found.EmailKept || found.PhoneKept))
                {
                    changes.Add(NotSent(operation, telling, Kept));
                    continue;
                }

                members.Add(new Member(sayable, telling.Normaliser));
                sent.Add(telling);
            }
            else
            {
                changes.Add(NotSent(operation, telling, Destroyed));
            }
        }

        return (members, sent);
    }

    private static void Settle(MemberOperation operation, List<Telling> sent, CallResult result, List<LedgerChange> changes)
    {
        var settled = operation == MemberOperation.Add ? LedgerStatus.Delivered : LedgerStatus.Absent;
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
            changes.Add(refused.TryGetValue(i, out var change) ? change : new LedgerChange(sent[i].Person, Entry(sent[i], settled), null));
        }
    }

    private static LedgerChange NotSent(MemberOperation operation, Telling telling, string reason) => operation == MemberOperation.Add
        ? new LedgerChange(telling.Person, Entry(telling, LedgerStatus.Invalid), reason)
        : new LedgerChange(telling.Person, Entry(telling, LedgerStatus.Absent), reason);

    private static LedgerEntry Entry(Telling telling, LedgerStatus status) => new(status, telling.Revision, telling.Normaliser);
}

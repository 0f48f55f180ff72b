using AudienceSync.Connectors;
using AudienceSync.Domain.Syncing;
using AudienceSync.Host.Storage.Syncing;

namespace AudienceSync.Host.Syncing;

/// <summary>What a call came to, and what the ledger shall say for it.</summary>
/// <param name="Outcome">Of the call.</param>
/// <param name="Changes">For the ledger.</param>
/// <param name="Remains">Former sayings that could not be removed, or are gone at last.</param>
/// <param name="Call">For the record; null when nothing had to be called.</param>
/// <param name="Usage">The account's budget, if the platform told.</param>
public sealed record Told(Outcome Outcome, List<LedgerChange> Changes, List<RemainsChange> Remains, CallRecord? Call, AccountUsage? Usage)
{
    /// <summary>Some were refused and nobody says whom: who has no change here is in doubt.</summary>
    public bool HidesNames { get; init; }

    /// <summary>A call that was to add all of these was refused as a whole.</summary>
    public void KeepAsBefore(List<Telling> adds)
    {
        Changes.Clear();
        Changes.AddRange(adds.Select(telling => new LedgerChange(telling.Person, Refusals.OfBatch(telling.Before, telling.Entry(LedgerStatus.Adding)), null)));
    }

    /// <summary>A member whom the platform refuses by name, or who spoils any call he is in. What that means is <see cref="Refusals"/>' to say.</summary>
    public void Refuse(MemberOperation operation, Telling telling, string reason)
    {
        var said = telling.Entry(LedgerStatus.Removing);
        if (operation == MemberOperation.Add)
        {
            Changes.Add(new LedgerChange(telling.Person, Refusals.OfAdd(telling.Before, said), reason));
        }
        else if (telling.Remains is { } kind)
        {
            Remains.Add(new RemainsChange(telling.Person, said, kind, Refusals.RemainsRest, reason));
        }
        else if (telling.Replaced)
        {
            var (row, remains) = Refusals.OfReplacement(said, telling.After);
            Changes.Add(new LedgerChange(telling.Person, row, null));
            Remains.Add(new RemainsChange(telling.Person, remains, RemainsKind.Refused, Refusals.RemainsRest, reason));
        }
        else
        {
            Changes.Add(new LedgerChange(telling.Person, Refusals.OfRemoval(said), reason));
        }
    }

    /// <summary>Nothing of the member was removed, because another member of the list has all of it.</summary>
    public const string KeptForAnother = "kept_for_another";

    /// <summary>A member of whom nothing had to be sent, or nothing could be.</summary>
    public void Skip(MemberOperation operation, Telling telling, string reason)
    {
        if (operation == MemberOperation.Remove && reason == RefusedMember.UnknownNormalizer)
        {
            // It was delivered, and only a newer program can say how to remove it.
            Refuse(operation, telling, reason);
            return;
        }

        reason = telling.Kept != IdentifierParts.None && reason == RefusedMember.NoUsableIdentifier ? KeptForAnother : reason;
        if (operation == MemberOperation.Add)
        {
            Changes.Add(new LedgerChange(telling.Person, telling.Entry(LedgerStatus.Invalid), reason));
        }
        else
        {
            Gone(telling, null, reason);
        }
    }

    /// <summary>A member who was taken.</summary>
    /// <param name="operation">What was said of him.</param>
    /// <param name="telling">How.</param>
    /// <param name="jobRow">His row in the job that will do it; null when it is done. A removal that a job will do is kept under what was said, for it may have to be said again.</param>
    /// <param name="reason">Why he may not be there after all; null mostly.</param>
    public void Take(MemberOperation operation, Telling telling, int? jobRow, string? reason)
    {
        if (operation == MemberOperation.Add)
        {
            Changes.Add(new LedgerChange(telling.Person, telling.Entry(LedgerStatus.Delivered), reason) { JobRow = jobRow });
        }
        else
        {
            Gone(telling, jobRow, reason: null);
        }
    }

    private void Gone(Telling telling, int? jobRow, string? reason)
    {
        if (telling.Remains is { } kind)
        {
            var removed = telling.Entry(LedgerStatus.Removing);
            Remains.Add(new RemainsChange(telling.Person, removed, kind, Rest: null, reason));
            if (jobRow is not null && telling.After?.Revision is { } present && present != telling.Revision)
            {
                // The job holds the member under another revision than it removes; whom it takes beside them is looked after when it can do no more.
                Remains.Add(new RemainsChange(telling.Person, removed, RemainsKind.LateRemoval, LateCalls.JobTime, null));
            }
        }

        if (telling.After is { } after && (jobRow is null || telling.Remains is not null))
        {
            Changes.Add(new LedgerChange(telling.Person, after, reason) { JobRow = jobRow });
        }
        else if (telling.Remains is null)
        {
            Changes.Add(new LedgerChange(telling.Person, telling.Entry(LedgerStatus.Absent), reason) { JobRow = jobRow });
        }
    }
}

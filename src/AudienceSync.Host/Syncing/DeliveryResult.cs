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
public sealed record DeliveryResult(Outcome Outcome, List<LedgerChange> Changes, List<ResidualChange> Residuals, CallRecord? Call, AccountUsage? Usage)
{
    /// <summary>Some were refused and nobody says whom: who has no change here is in doubt.</summary>
    public bool HidesNames { get; init; }

    /// <summary>A call that was to add all of these was refused as a whole.</summary>
    public void KeepAsBefore(List<MemberDelivery> adds)
    {
        Changes.Clear();
        Changes.AddRange(adds.Select(delivery => new LedgerChange(delivery.Person, Refusals.OfBatch(delivery.Before, delivery.Entry(LedgerStatus.Adding)), null)));
    }

    /// <summary>A member whom the platform refuses by name, or who spoils any call he is in. What that means is <see cref="Refusals"/>' to say.</summary>
    public void Refuse(MemberOperation operation, MemberDelivery delivery, string reason)
    {
        var sent = delivery.Entry(LedgerStatus.Removing);
        if (operation == MemberOperation.Add)
        {
            Changes.Add(new LedgerChange(delivery.Person, Refusals.OfAdd(delivery.Before, sent), reason));
        }
        else if (delivery.Residual is { } kind)
        {
            Residuals.Add(new ResidualChange(delivery.Person, sent, kind, Refusals.ResidualRetryAfter, reason));
        }
        else if (delivery.Replaced)
        {
            var (row, residual) = Refusals.OfReplacement(sent, delivery.After);
            Changes.Add(new LedgerChange(delivery.Person, row, null));
            Residuals.Add(new ResidualChange(delivery.Person, residual, ResidualKind.Refused, Refusals.ResidualRetryAfter, reason));
        }
        else
        {
            Changes.Add(new LedgerChange(delivery.Person, Refusals.OfRemoval(sent), reason));
        }
    }

    /// <summary>Nothing of the member was removed, because another member of the list has all of it.</summary>
    public const string KeptForAnother = "kept_for_another";

    /// <summary>A member of whom nothing had to be sent, or nothing could be.</summary>
    public void Skip(MemberOperation operation, MemberDelivery delivery, string reason)
    {
        if (operation == MemberOperation.Remove && reason == RefusedMember.UnknownNormalizer)
        {
            // It was delivered, and only a newer program can say how to remove it.
            Refuse(operation, delivery, reason);
            return;
        }

        reason = delivery.Kept != IdentifierParts.None && reason == RefusedMember.NoUsableIdentifier ? KeptForAnother : reason;
        if (operation == MemberOperation.Add)
        {
            Changes.Add(new LedgerChange(delivery.Person, delivery.Entry(LedgerStatus.Invalid), reason));
        }
        else
        {
            Gone(delivery, null, reason);
        }
    }

    /// <summary>A member who was taken.</summary>
    /// <param name="operation">What was said of him.</param>
    /// <param name="telling">How.</param>
    /// <param name="jobRow">His row in the job that will do it; null when it is done. A removal that a job will do is kept under what was said, for it may have to be said again.</param>
    /// <param name="reason">Why he may not be there after all; null mostly.</param>
    public void Take(MemberOperation operation, MemberDelivery delivery, int? jobRow, string? reason)
    {
        if (operation == MemberOperation.Add)
        {
            Changes.Add(new LedgerChange(delivery.Person, delivery.Entry(LedgerStatus.Delivered), reason) { JobRow = jobRow });
        }
        else
        {
            Gone(delivery, jobRow, reason: null);
        }
    }

    private void Gone(MemberDelivery delivery, int? jobRow, string? reason)
    {
        if (delivery.Residual is { } kind)
        {
            var removed = delivery.Entry(LedgerStatus.Removing);
            Residuals.Add(new ResidualChange(delivery.Person, removed, kind, Rest: null, reason));
            if (jobRow is not null && delivery.After?.Revision is { } present && present != delivery.Revision)
            {
                // The job holds the member under another revision than it removes; whom it takes beside them is looked after when it can do no more.
                Residuals.Add(new ResidualChange(delivery.Person, removed, ResidualKind.LateRemoval, InDoubtCalls.JobTime, null));
            }
        }

        if (delivery.After is { } after && (jobRow is null || delivery.Residual is not null))
        {
            Changes.Add(new LedgerChange(delivery.Person, after, reason) { JobRow = jobRow });
        }
        else if (delivery.Residual is null)
        {
            Changes.Add(new LedgerChange(delivery.Person, delivery.Entry(LedgerStatus.Absent), reason) { JobRow = jobRow });
        }
    }
}

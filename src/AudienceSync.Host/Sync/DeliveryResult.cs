using AudienceSync.Connectors;
using AudienceSync.Domain.Identity;
using AudienceSync.Domain.Syncing;
using AudienceSync.Host.Sync.Ledger;
using AudienceSync.Host.Sync.Residuals;
using AudienceSync.Host.Sync.Runs;

namespace AudienceSync.Host.Sync;

/// <summary>The outcome of a call, and the ledger changes that follow from it.</summary>
/// <param name="Outcome">Of the call.</param>
/// <param name="Changes">For the ledger.</param>
/// <param name="Residuals">Former deliveries that could not be removed, or that are finally removed.</param>
/// <param name="Call">For the record; null when no call had to be made.</param>
/// <param name="Usage">The account's budget, if the platform reported it.</param>
public sealed record DeliveryResult(Outcome Outcome, List<LedgerChange> Changes, List<ResidualChange> Residuals, CallRecord? Call, AccountUsage? Usage)
{
    // What is not the same as the outcome of the call, by person and revision.
    private readonly Dictionary<(PersonId Person, int Revision), string> _others = [];

    /// <summary>Members that were sent.</summary>
    public int Sent { get; init; }

    /// <summary>Some were refused without being named, so that no member's result is certain.</summary>
    public bool IsUnnamed { get; init; }

    /// <summary>Some were refused without being named: a member without a change here is in doubt.</summary>
    public bool HidesNames { get; init; }

    /// <summary>The call that was to add all of these was refused as a whole.</summary>
    public void KeepAsBefore(List<MemberDelivery> adds)
    {
        Changes.Clear();
        _others.Clear();
        Changes.AddRange(adds.Select(
            delivery => new LedgerChange(delivery.Person, Refusals.OfBatch(delivery.Before, delivery.Entry(LedgerStatus.Adding)), null)));
    }

    /// <summary>
    /// A member that the platform refuses by name, or that causes any call it is in to fail. <see cref="Refusals"/> defines the
    /// consequences.
    /// </summary>
    public void Refuse(MemberOperation operation, MemberDelivery delivery, string reason)
    {
        var sent = delivery.Entry(LedgerStatus.Removing);
        _others[(delivery.Person, delivery.Revision)] = DeliveryResults.Rejected(reason);
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

    /// <summary>Nothing of the member was removed, because another member of the remote audience has all of it.</summary>
    public const string KeptForAnother = "kept_for_another";

    /// <summary>A member for whom nothing had to be sent, or nothing could be sent.</summary>
    public void Skip(MemberOperation operation, MemberDelivery delivery, string reason)
    {
        if (operation == MemberOperation.Remove && reason == RefusedMember.UnknownNormalizer)
        {
            // It was delivered, and only a newer program can determine how to remove it.
            Refuse(operation, delivery, reason);
            return;
        }

        reason = delivery.Kept != IdentifierParts.None && reason == RefusedMember.NoUsableIdentifier ? KeptForAnother : reason;
        _others[(delivery.Person, delivery.Revision)] =
            operation == MemberOperation.Add ? DeliveryResults.Invalid(reason) : DeliveryResults.Skipped(reason);
        if (operation == MemberOperation.Add)
        {
            Changes.Add(new LedgerChange(delivery.Person, delivery.Entry(LedgerStatus.Invalid), reason));
        }
        else
        {
            Gone(delivery, null, reason);
        }
    }

    /// <summary>A member that was accepted.</summary>
    /// <param name="operation">The operation that was sent.</param>
    /// <param name="delivery">What was sent.</param>
    /// <param name="jobRow">The member's row in the job that will do it; null when it is done. A removal that a job will do is kept under
    /// what was sent, for it may have to be sent again.</param>
    /// <param name="reason">Why the member may not be there after all; null in most cases.</param>
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

    /// <summary>The result of each delivery, when everything is decided.</summary>
    public DeliveryRow ToRow(DeliveryKind kind, IReadOnlyList<MemberDelivery> deliveries)
    {
        var rest = DeliveryResults.OfRest(Outcome, IsUnnamed, hasJob: Call?.Job is not null);
        return DeliveryRow.Of(kind, Outcome, deliveries.Select(delivery => (
            delivery.Person.Value, _others.Count == 0 ? rest : _others.GetValueOrDefault((delivery.Person, delivery.Revision), rest))));
    }

    private void Gone(MemberDelivery delivery, int? jobRow, string? reason)
    {
        if (delivery.Residual is { } kind)
        {
            var removed = delivery.Entry(LedgerStatus.Removing);
            Residuals.Add(new ResidualChange(delivery.Person, removed, kind, Rest: null, reason));
            if (jobRow is not null && delivery.After?.Revision is { } present && present != delivery.Revision)
            {
                // The job holds the member under another revision than it removes; other people that it removes with it are handled when it
                // can have no more effect.
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

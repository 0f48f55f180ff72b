namespace AudienceSync.Domain.Syncing;

/// <summary>What becomes of one member of a call.</summary>
/// <param name="Ledger">The change of the member's ledger row; null when it stays as the intent left it.</param>
/// <param name="Residual">The change of a residual delivery; null for most members.</param>
/// <param name="Result">See <see cref="DeliveryResults"/>; null for the result of everyone whom the response does not name.</param>
internal readonly record struct MemberOutcome(LedgerChange? Ledger, ResidualChange? Residual, string? Result)
{
    /// <summary>A second residual delivery, of what a job may remove later.</summary>
    public ResidualChange? Late { get; init; }

    /// <summary>
    /// A member that the platform refuses by name, or that causes any call it is in to fail. <see cref="Refusals"/> defines the
    /// consequences.
    /// </summary>
    public static MemberOutcome Refused(MemberOperation operation, in MemberDelivery delivery, string reason)
    {
        var sent = delivery.Entry(LedgerStatus.Removing);
        var result = DeliveryResults.Rejected(reason);
        if (operation == MemberOperation.Add)
        {
            return new(new LedgerChange(delivery.Person, Refusals.OfAdd(delivery.Before, sent), reason), null, result);
        }

        if (delivery.Residual is { } kind)
        {
            return new(null, new ResidualChange(delivery.Person, sent, kind, Refusals.ResidualRetryAfter, reason), result);
        }

        if (!delivery.Replaced)
        {
            return new(new LedgerChange(delivery.Person, Refusals.OfRemoval(sent), reason), null, result);
        }

        var (row, residual) = Refusals.OfReplacement(sent, delivery.After);
        return new(
            new LedgerChange(delivery.Person, row, null),
            new ResidualChange(delivery.Person, residual, ResidualKind.Refused, Refusals.ResidualRetryAfter, reason),
            result
        );
    }

    /// <summary>A member for whom nothing had to be sent, or nothing could be.</summary>
    public static MemberOutcome Skipped(MemberOperation operation, in MemberDelivery delivery, string reason)
    {
        if (operation == MemberOperation.Remove && reason == RefusedMember.UnknownNormalizer)
        {
            // It was delivered, and only a newer program can determine how to remove it.
            return Refused(operation, delivery, reason);
        }

        reason = delivery.Kept != IdentifierParts.None && reason == RefusedMember.NoUsableIdentifier ? UnsentMember.KeptForAnother : reason;
        return operation == MemberOperation.Add
            ? new(new LedgerChange(delivery.Person, delivery.Entry(LedgerStatus.Invalid), reason), null, DeliveryResults.Invalid(reason))
            : Removed(delivery, null, reason) with
            {
                Result = DeliveryResults.Skipped(reason),
            };
    }

    /// <summary>A member that was accepted.</summary>
    /// <param name="operation">The operation that was sent.</param>
    /// <param name="delivery">What was sent.</param>
    /// <param name="jobRow">The member's row in the job that will do it; null when it is done.</param>
    /// <param name="reason">Why an added member may not be there after all; null in most cases.</param>
    public static MemberOutcome Accepted(MemberOperation operation, in MemberDelivery delivery, int? jobRow, string? reason) =>
        operation == MemberOperation.Add
            ? new(new LedgerChange(delivery.Person, delivery.Entry(LedgerStatus.Delivered), reason) { JobRow = jobRow }, null, null)
            : Removed(delivery, jobRow, reason: null);

    /// <summary>Rule 3 of <see cref="Refusals"/>: an add in a call that was refused as a whole.</summary>
    public static MemberOutcome AsBefore(in MemberDelivery delivery) =>
        new(new LedgerChange(delivery.Person, Refusals.OfBatch(delivery.Before, delivery.Entry(LedgerStatus.Adding)), null), null, null);

    // A removal that a job will do is kept under what was sent, for it may have to be sent again.
    private static MemberOutcome Removed(in MemberDelivery delivery, int? jobRow, string? reason)
    {
        if (delivery.Residual is not { } kind)
        {
            var entry = delivery.After is { } then && jobRow is null ? then : delivery.Entry(LedgerStatus.Absent);
            return new(new LedgerChange(delivery.Person, entry, reason) { JobRow = jobRow }, null, null);
        }

        var removed = delivery.Entry(LedgerStatus.Removing);
        return new(
            delivery.After is { } after ? new LedgerChange(delivery.Person, after, reason) { JobRow = jobRow } : null,
            new ResidualChange(delivery.Person, removed, kind, Rest: null, reason),
            null
        )
        {
            // The job holds the member under another revision than it removes; other people that it removes with it are handled when it
            // can have no more effect.
            Late =
                jobRow is not null && delivery.After?.Revision is { } present && present != delivery.Revision
                    ? new ResidualChange(delivery.Person, removed, ResidualKind.LateRemoval, InDoubtCalls.JobTime, null)
                    : null,
        };
    }
}

namespace AudienceSync.Domain.Syncing;

/// <summary>
/// What the ledger may know about a delivery, and how a refusal changes it. A delivery is what a platform receives of a person under one
/// identifier revision and one normalizer version: a few digests. Each delivery is in one of three states.
/// <para>
/// <b>Absent.</b> It was never sent, or its removal was accepted. The row has the status absent, rejected or invalid. <b>Present.</b> It
/// was accepted: delivered. <b>In doubt.</b> A call with it was sent and its result is unknown, or its removal was refused: adding,
/// removing. The member may be there under it or not, so the member is removed when not desired, and sent again when desired.
/// </para>
/// <para>
/// <b>A refusal changes nothing at the platform</b>, whether of one member by name or of a whole batch, so what was known before the call
/// remains known. The rules follow from this. (1) A refused add of an absent member leaves the member absent: rejected, with the reason,
/// and not sent again until something changes. (2) A refused add of a member who may be there, because an earlier answer was lost or
/// because digests of the former delivery are part of the new one and were never removed, leaves the member in doubt under the new
/// delivery: it contains everything that may be there, so the member can still be removed by it. If the member were marked rejected, the
/// member would stay there permanently. (3) A batch of adds refused as a whole leaves absent members absent: otherwise the halving that
/// follows would find members in doubt for whom nothing was lost. A member who may be there is in doubt, even if delivered before: the row
/// may have had a reason to assume absence, and the intent has overwritten it. (4) A refused removal leaves its member in doubt, with the
/// reason. Whole batches are also refused by throttling and by errors that stop an audience or an account; only an answer without
/// information (<see cref="OutcomeKind.Retry"/>) leaves a call open: <see cref="InDoubtCalls"/>.
/// </para>
/// <para>
/// <b>Some members are refused without being named.</b> (6) For a removal, no member is absent then: the call is halved, as a batch that
/// fails because of one row, until it is known who stays. For an add, every member may be there: delivered, with the reason, and sent once
/// more when an operator requests it. Halving adds, too, would cost more calls than it is worth.
/// </para>
/// <para>
/// <b>The row has space for one delivery.</b> When a new delivery replaces a former one and the removal of the former is refused, (5) the
/// former becomes a residual delivery, which is a row beside the ledger, and the new one is sent. Forgetting it would leave an address at
/// the platform that no later removal names; waiting for it would keep a desired person from being reached. A residual delivery is removed
/// separately later; the part of it that the current delivery also contains is handled with the current delivery.
/// </para>
/// </summary>
public static class Refusals
{
    /// <summary>
    /// How long a residual delivery is not retried after its removal was refused. A platform that refuses a row usually refuses it the next
    /// day, too; one call a day shows when it does not.
    /// </summary>
    public static readonly TimeSpan ResidualRetryAfter = TimeSpan.FromDays(1);

    /// <summary>Whether the delivery of a row may be at the platform: present or in doubt.</summary>
    public static bool MayBeThere(LedgerEntry entry) =>
        entry.Status is LedgerStatus.Adding or LedgerStatus.Delivered or LedgerStatus.Removing;

    /// <summary>Rules 1 and 2: an add that was refused by name, or that causes any call with it to fail.</summary>
    /// <param name="before">What was known before the call.</param>
    /// <param name="sent">What was sent.</param>
    public static LedgerEntry OfAdd(LedgerEntry before, LedgerEntry sent) =>
        sent with
        {
            Status = MayBeThere(before) ? LedgerStatus.Adding : LedgerStatus.Rejected,
        };

    /// <summary>Whether a call with this outcome certainly did nothing.</summary>
    public static bool RefusesAll(OutcomeKind outcome) =>
        outcome is OutcomeKind.SplitBatch or OutcomeKind.Snooze or OutcomeKind.StopAudience or OutcomeKind.StopAccount;

    /// <summary>Rule 3: an add in a batch that was refused as a whole.</summary>
    /// <param name="before">What was known before the call.</param>
    /// <param name="sent">What was sent.</param>
    public static LedgerEntry OfBatch(LedgerEntry before, LedgerEntry sent) =>
        before.Status switch
        {
            LedgerStatus.Delivered => before with { Status = LedgerStatus.Adding },
            LedgerStatus.Adding or LedgerStatus.Removing => before,
            _ => sent with { Status = LedgerStatus.Absent },
        };

    /// <summary>Rule 6: whether some of a call were refused without being named.</summary>
    /// <param name="outcome">The outcome of the call.</param>
    /// <param name="named">Members refused by name.</param>
    /// <param name="refused">The number of members that the platform reports as refused; 0 when it gives no number.</param>
    public static bool MayHideNames(OutcomeKind outcome, int named, int refused) =>
        outcome == OutcomeKind.PartlyDone && (named == 0 || refused > named);

    /// <summary>Rule 4: a removal that was refused.</summary>
    public static LedgerEntry OfRemoval(LedgerEntry sent) => sent with { Status = LedgerStatus.Removing };

    /// <summary>Rule 5: the removal of a delivery that another replaces was refused.</summary>
    /// <param name="former">The delivery that was to be removed.</param>
    /// <param name="shared">The row while the digests that both deliveries have are there; null when they have none.</param>
    /// <returns>The row before the new delivery is sent, and the residual delivery beside it.</returns>
    public static (LedgerEntry Row, LedgerEntry Residual) OfReplacement(LedgerEntry former, LedgerEntry? shared) =>
        (shared ?? former with { Status = LedgerStatus.Absent }, OfRemoval(former));
}

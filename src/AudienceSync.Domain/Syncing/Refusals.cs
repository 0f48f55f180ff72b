namespace AudienceSync.Domain.Syncing;

/// <summary>
/// What the ledger may know of a saying, and what a refusal makes of it. A saying is what a platform receives of a person under one identifier revision and one
/// normalizer version: a few digests. Of each saying one of three things is known.
/// <para>
/// <b>Absent.</b> It was never said, or its removal was taken. The row says absent, rejected or invalid. <b>Present.</b> It was taken: delivered. <b>In doubt.</b> A
/// call with it left and nobody knows how it ended, or its removal was refused: adding, removing. He may be there under it or not, so he is removed when he is not
/// wanted, and said again when he is.
/// </para>
/// <para>
/// <b>A refusal changes nothing at the platform</b>, whether of one member by name or of a whole batch, so what was known before the call stays known. Hence the
/// rules. (1) A refused add of somebody absent leaves him absent: rejected, with the reason, and not said again until something changes. (2) A refused add of
/// somebody who may be there, because an earlier answer was lost or because digests of his former saying are part of the new one and never went, leaves him in doubt
/// under the new saying: it names all that may be there, so he can still be removed by it. Were he called rejected, he would stay there for ever. (3) A batch of adds
/// refused as a whole leaves whoever was absent absent: otherwise the halving that follows would find people in doubt of whom nothing was lost. Whoever may be there is
/// in doubt, also when he was delivered: the row may have had a reason to think that he was not, and the intent has wiped it out. (4) A refused removal leaves its member in doubt, with the reason. Whole batches are also refused by "not so fast" and by what stops an audience or an account; only an answer that
/// says nothing (<see cref="OutcomeKind.Retry"/>) leaves a call open: <see cref="InDoubtCalls"/>.
/// </para>
/// <para>
/// <b>Some are refused and nobody says whom.</b> (6) Of a removal nobody is absent then: the call is halved, as a batch that one row spoils, until it is known who stays.
/// Of an add everybody may be there: delivered, with the reason, and said once more when a human asks. Halving adds, too, would cost more calls than it is worth.
/// </para>
/// <para>
/// <b>The row has room for one saying.</b> When a new saying takes the place of a former one and the removal of the former is refused, (5) the former goes to the
/// remains, which are rows beside the ledger, and the new one is said. To forget it would leave an address at the platform that no later removal names; to wait for
/// it would keep a person from being reached who is wanted. What remains is removed by itself later; what of it the present saying names, too, is the present
/// saying's business.
/// </para>
/// </summary>
public static class Refusals
{
    /// <summary>How long what remains is left alone after its removal was refused. A platform that refuses a row refuses it tomorrow, too, mostly; a call a day shows when not.</summary>
    public static readonly TimeSpan ResidualRetryAfter = TimeSpan.FromDays(1);

    /// <summary>Whether the saying of a row may be at the platform: present or in doubt.</summary>
    public static bool MayBeThere(LedgerEntry entry) => entry.Status is LedgerStatus.Adding or LedgerStatus.Delivered or LedgerStatus.Removing;

    /// <summary>Rules 1 and 2: an add that was refused by name, or spoils any call it is in.</summary>
    /// <param name="before">What was known before the call left.</param>
    /// <param name="said">What was said.</param>
    public static LedgerEntry OfAdd(LedgerEntry before, LedgerEntry sent) =>
        sent with { Status = MayBeThere(before) ? LedgerStatus.Adding : LedgerStatus.Rejected };

    /// <summary>Whether a call with this outcome did nothing, for certain.</summary>
    public static bool IsOfAll(OutcomeKind outcome) =>
        outcome is OutcomeKind.SplitBatch or OutcomeKind.Snooze or OutcomeKind.StopAudience or OutcomeKind.StopAccount;

    /// <summary>Rule 3: an add in a batch that was refused as a whole.</summary>
    /// <param name="before">What was known before the call left.</param>
    /// <param name="said">What was said.</param>
    public static LedgerEntry OfBatch(LedgerEntry before, LedgerEntry sent) => before.Status switch
    {
        LedgerStatus.Delivered => before with { Status = LedgerStatus.Adding },
        LedgerStatus.Adding or LedgerStatus.Removing => before,
        _ => sent with { Status = LedgerStatus.Absent },
    };

    /// <summary>Rule 6: whether some of a call were refused without being named.</summary>
    /// <param name="outcome">Of the call.</param>
    /// <param name="named">Members refused by name.</param>
    /// <param name="refused">Members that the platform says it refused; 0 when it gives no number.</param>
    public static bool HideNames(OutcomeKind outcome, int named, int refused) => outcome == OutcomeKind.PartlyDone && (named == 0 || refused > named);

    /// <summary>Rule 4: a removal that was refused.</summary>
    public static LedgerEntry OfRemoval(LedgerEntry sent) => sent with { Status = LedgerStatus.Removing };

    /// <summary>Rule 5: the removal of a saying whose place another takes was refused.</summary>
    /// <param name="former">The saying that was to go.</param>
    /// <param name="shared">What the row says while digests that both have are there; null when they have none.</param>
    /// <returns>The row before the new saying is said, and what remains beside it.</returns>
    public static (LedgerEntry Row, LedgerEntry Residual) OfReplacement(LedgerEntry former, LedgerEntry? shared) =>
        (shared ?? former with { Status = LedgerStatus.Absent }, OfRemoval(former));
}

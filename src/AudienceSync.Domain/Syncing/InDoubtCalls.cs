namespace AudienceSync.Domain.Syncing;

/// <summary>
/// What a call whose answer was lost may still do. We gave up waiting for it, but the platform may not have: it may carry the call out
/// later than calls that were made after it and answered. Then a late add brings back a removed member, or a late removal removes an added
/// member, and the ledger has no record of it.
/// <para>
/// <b>Why nothing waits.</b> Not sending anything for a person until the lost call can no longer have an effect would delay the removal of
/// that person, and a removal must not wait. So the person is sent at once, as always, and checked once more when the time of the lost call
/// is over: <see cref="StepFor"/>.
/// </para>
/// <para>
/// <b>When a call counts as lost.</b> When a row has the status adding or removing and is about to be sent again: no answer came, the
/// process died, or a job failed or was lost; unless that is so long ago that it can no longer have an effect. A removal of a residual
/// delivery is sent with the residual deliveries, and counts as lost in the same way. The mark is written with the intent that overwrites
/// the row, so that it cannot be forgotten; each lost call sets it again.
/// </para>
/// <para>
/// <b>What it costs.</b> A call only for members whom the lost call would contradict: those who have since been sent differently, or are no
/// longer desired, or were removed and came back. For all others the mark is cleared by itself.
/// </para>
/// </summary>
public static class InDoubtCalls
{
    /// <summary>
    /// How long after a lost call the platform may still carry it out. No platform documents it; it is twenty of our timeouts.
    /// </summary>
    public static readonly TimeSpan CallTime = TimeSpan.FromMinutes(10);

    /// <summary>As above where jobs do the work: as long as we wait for a job with a known id.</summary>
    public static readonly TimeSpan JobTime = JobGaps.GiveUpAfter;

    /// <param name="byJobs">Whether jobs do the work there.</param>
    public static TimeSpan TimeOf(bool byJobs) => byJobs ? JobTime : CallTime;

    /// <summary>Which operation of a row may still be under way when the row is sent again; null when none is.</summary>
    public static MemberOperation? UnderWay(LedgerEntry row) =>
        row.Status switch
        {
            LedgerStatus.Adding => MemberOperation.Add,
            LedgerStatus.Removing => MemberOperation.Remove,
            _ => null,
        };

    /// <summary>What to do when the time of a lost call is over.</summary>
    /// <param name="lost">The operation of the lost call.</param>
    /// <param name="sent">The delivery of the lost call.</param>
    /// <param name="row">The current ledger row of the member.</param>
    /// <returns>
    /// <see cref="Step.Remove"/>: remove what the lost delivery has and the row's delivery does not. <see cref="Step.Add"/>: send the row's
    /// delivery once more.
    /// </returns>
    public static Step StepFor(MemberOperation lost, LedgerEntry sent, LedgerEntry row) =>
        lost switch
        {
            MemberOperation.Add when Refusals.MayBeThere(row) && row with { Status = sent.Status } == sent => Step.Nothing,
            MemberOperation.Add => Step.Remove,
            MemberOperation.Remove => row.Status == LedgerStatus.Delivered ? Step.Add : Step.Nothing,
            _ => throw new ArgumentOutOfRangeException(nameof(lost), lost, "There is no rule for this operation."),
        };
}

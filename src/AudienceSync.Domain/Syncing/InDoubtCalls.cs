namespace AudienceSync.Domain.Syncing;

/// <summary>
/// What a call may still do whose answer was lost. We gave up waiting for it, the platform perhaps did not: it may carry the call out later than calls that were made
/// after it and answered. Then a late add brings back who was removed, or a late removal takes away who was added, and the ledger knows nothing of it.
/// <para>
/// <b>Why nobody waits.</b> Not to speak of a person until his lost call can do nothing any more would hold up his removal, which is what must not wait. So he is said
/// at once, as ever, and looked at once more when the lost call's time is over: <see cref="StepFor"/>.
/// </para>
/// <para>
/// <b>When a call counts as lost.</b> A row that says adding or removing when it is about to be said again: no answer came, the process died, or a job failed or was
/// lost; unless that is so long ago that it can do nothing any more. A removal of what remains beside the row is told with what remains, and counts as lost in the same way. The mark is written with the intent that overwrites the row, so that nothing forgets it; each call that is lost sets it anew.
/// </para>
/// <para>
/// <b>What it costs.</b> A call only for whom the lost one would contradict: who is by then said otherwise, or not wanted any more, or was removed and came back. For all
/// others the mark goes by itself.
/// </para>
/// </summary>
public static class InDoubtCalls
{
    /// <summary>So long after a lost call the platform does it no more. No platform says; it is twenty time-outs of ours.</summary>
    public static readonly TimeSpan CallTime = TimeSpan.FromMinutes(10);

    /// <summary>As above where jobs do the work: as long as we wait for a job that we know.</summary>
    public static readonly TimeSpan JobTime = JobGaps.GiveUpAfter;

    /// <param name="byJobs">Whether jobs do the work there.</param>
    public static TimeSpan TimeOf(bool byJobs) => byJobs ? JobTime : CallTime;

    /// <summary>Which operation of a row may still be under way when the row is said again; null when none is.</summary>
    public static MemberOperation? UnderWay(LedgerEntry row) => row.Status switch
    {
        LedgerStatus.Adding => MemberOperation.Add,
        LedgerStatus.Removing => MemberOperation.Remove,
        _ => null,
    };

    /// <summary>What is to be done when the time of a lost call is over.</summary>
    /// <param name="lost">What it was to do.</param>
    /// <param name="saying">Of whom, and as what.</param>
    /// <param name="row">What the ledger says of him by now.</param>
    /// <returns><see cref="Step.Remove"/>: take out what of the saying is not part of the row's. <see cref="Step.Add"/>: say the row's saying once more.</returns>
    public static Step StepFor(MemberOperation lost, LedgerEntry sent, LedgerEntry row) => lost switch
    {
        MemberOperation.Add when Refusals.MayBeThere(row) && row.Revision == sent.Revision && row.Normalizer == sent.Normalizer => Step.Nothing,
        MemberOperation.Add => Step.Remove,
        MemberOperation.Remove => row.Status == LedgerStatus.Delivered ? Step.Add : Step.Nothing,
        _ => throw new ArgumentOutOfRangeException(nameof(lost), lost, "An operation without a rule."),
    };
}

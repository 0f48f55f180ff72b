using AudienceSync.Connectors;
using AudienceSync.Domain.Syncing;
using AudienceSync.Host.Storage.Leases;
using AudienceSync.Host.Storage.Syncing;

namespace AudienceSync.Host.Syncing;

/// <summary>
/// Asks what became of accepted jobs, for the platforms that do the work later (Google).
/// <para>
/// <b>Accepted is not confirmed.</b> A call that brings a job leaves its members as delivered or absent, with the job beside them; the handle
/// is stored in that same transaction, so there is no job without its members and no member without his job. A crash before it leaves the
/// intent, and the call is made again. The job is then asked about by whoever holds the account's lease, first after the platform's own
/// time, then in growing gaps.
/// </para>
/// <para>
/// <b>States.</b> Running. Confirmed: its members are what the ledger says; those refused by name are rejected, and where only a number is
/// told, the reason stands beside all of them. Failed or lost: its members are in doubt and said again once; who fails twice stays in doubt
/// until he changes or a human asks. Parked: no end after 48 hours; its members stay in doubt, an error is logged, the status counts it.
/// </para>
/// <para>
/// <b>Why an add and a removal cannot cross.</b> Jobs of one list end in any order, so of an add and a removal of the same person that run
/// together either may win. Therefore a member whom a job holds is not said anything until it has ended: <see cref="PagePlanner"/> sets him
/// aside, and he is looked at again, by what is wanted then. Members of no job are not held up by it. All calls of an account come from one
/// worker and one after the other, so at platforms without jobs nothing overlaps at all.
/// </para>
/// </summary>
public sealed class JobPoller(string destinationName, IDestination destination, JobTable table, TimeProvider clock, ILogger logger)
{
    /// <summary>Jobs asked about in one round, so that questions do not hold up removals.</summary>
    private const int LooksPerRound = 10;

    private readonly SlidingWindow _questions = new(destination.Limits.JobQuestionsPerMinute, TimeSpan.FromMinutes(1));

    /// <exception cref="LeaseLostException">The account is another host's.</exception>
    public async Task RunAsync(Lease lease, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        var left = Math.Min(LooksPerRound, destination.Limits.JobQuestionsPerMinute - _questions.Used(now));
        if (!destination.Limits.WorksByJobs || left <= 0)
        {
            return;
        }

        foreach (var job in await table.ReadDueAsync(destinationName, now, left, cancellationToken))
        {
            _questions.Add(_questions.SlotOf(now), 1);
            await LookAsync(lease, job, await destination.FollowAsync(job.Handle, cancellationToken), cancellationToken);
        }
    }

    private async Task LookAsync(Lease lease, OpenJob job, JobReport report, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        switch (report.State)
        {
            case JobState.Confirmed:
                await table.WriteConfirmedAsync(lease, job, report, now, cancellationToken);
                LogEnd(report.RejectedCount > 0 ? LogLevel.Warning : LogLevel.Debug, job, "confirmed", report);
                break;
            case JobState.Failed or JobState.Lost:
                var tried = await table.CountTriedAsync(job, cancellationToken);
                var state = report.State == JobState.Failed ? KeptJobState.Failed : KeptJobState.Lost;
                await table.WriteDoubtAsync(lease, job, state, report, now, cancellationToken);
                LogEnd(tried > 0 ? LogLevel.Error : LogLevel.Warning, job, tried > 0 ? "failed again, its members stay in doubt" : "failed, its members are said again", report);
                break;
            case JobState.Running when now - job.AcceptedAt >= JobGaps.GiveUpAfter:
                await table.WriteDoubtAsync(lease, job, KeptJobState.Parked, report with { Code = "job_unresolved" }, now, cancellationToken);
                LogEnd(LogLevel.Error, job, "has no end after 48 hours and is parked, its members stay in doubt", report);
                break;
            case JobState.Running:
                var gap = report.AskAgainAfter ?? JobGaps.After(job.Looks);
                await table.WriteLookAsync(lease, job, report.Code, now + gap, cancellationToken);
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(report), report.State, "A job state without a rule.");
        }
    }

    private void LogEnd(LogLevel level, OpenJob job, string end, JobReport report) => logger.Log(
        level, "{Destination} job {JobId} of {Members} to {Operation} {End}: {Code}, {Refused} refused, after {Looks} looks",
        destinationName, job.JobId, job.Members, job.Operation, end, report.Code, report.RejectedCount, job.Looks + 1);
}

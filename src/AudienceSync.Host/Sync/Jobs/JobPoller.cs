using AudienceSync.Connectors;
using AudienceSync.Domain.Syncing;
using AudienceSync.Host.EventStore.Leases;
using AudienceSync.Host.Sync.Lanes;

namespace AudienceSync.Host.Sync.Jobs;

/// <summary>
/// Polls the state of accepted jobs, for the platforms that do the work later (Google).
/// <para>
/// <b>Accepted is not confirmed.</b> A call that returns a job leaves its members as delivered or absent, with a reference to the job; the
/// handle is stored in that same transaction, so there is no job without its members and no such member without the job. A crash before it
/// leaves the intent, and the call is made again. The job is then polled by the host that holds the account's lease, first after the
/// platform's own time, then in growing gaps.
/// </para>
/// <para>
/// <b>States.</b> Running. Confirmed: its members are what the ledger has; those refused by name are rejected, and where the platform
/// reports only a number, all of them keep the reason. Failed or lost: its members are in doubt and sent again once; a member whose job
/// fails twice stays in doubt until the member changes or an operator requests it. Parked: no end after 48 hours; its members stay in
/// doubt, an error is logged, the status counts it.
/// </para>
/// <para>
/// <b>Why an add and a removal cannot cross.</b> Jobs of one remote audience end in any order, so of an add and a removal of the same
/// person that run together either may win. Therefore nothing is sent for a member that a job holds until the job has ended:
/// <see cref="PagePlanner"/> sets the member aside, and the member is processed again later, by what is desired then. Members of no job are
/// not delayed by it. All calls of an account come from one worker, one after the other, so at platforms without jobs nothing overlaps at
/// all.
/// </para>
/// </summary>
public sealed class JobPoller(string destinationName, IDestination destination, JobStore table, TimeProvider clock, ILogger logger)
{
    /// <summary>Jobs polled in one round, so that polling does not delay removals.</summary>
    private const int PollsPerRound = 10;

    private readonly SlidingWindow _polls = new(destination.Limits.JobPollsPerMinute, TimeSpan.FromMinutes(1));

    /// <exception cref="LeaseLostException">The account's lease is held by another host.</exception>
    public async Task RunAsync(Lease lease, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        var left = Math.Min(PollsPerRound, destination.Limits.JobPollsPerMinute - _polls.Used(now));
        if (!destination.Limits.UsesJobs || left <= 0)
        {
            return;
        }

        foreach (var job in await table.ReadDueAsync(destinationName, now, left, cancellationToken))
        {
            _polls.Add(_polls.SlotOf(now), 1);
            await ApplyReportAsync(lease, job, await destination.PollJobAsync(job.Handle, cancellationToken), cancellationToken);
        }
    }

    private async Task ApplyReportAsync(Lease lease, OpenJob job, JobReport report, CancellationToken cancellationToken)
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
                var end = tried > 0 ? "failed again; its members stay in doubt" : "failed; its members are sent again";
                LogEnd(tried > 0 ? LogLevel.Error : LogLevel.Warning, job, end, report);
                break;
            case JobState.Running when now - job.AcceptedAt >= JobGaps.GiveUpAfter:
                await table.WriteDoubtAsync(
                    lease,
                    job,
                    KeptJobState.Parked,
                    report with
                    {
                        Code = "job_unresolved",
                    },
                    now,
                    cancellationToken
                );
                LogEnd(LogLevel.Error, job, "did not end within 48 hours and is parked; its members stay in doubt", report);
                break;
            case JobState.Running:
                var gap = report.PollAgainAfter ?? JobGaps.After(job.Polls);
                await table.WritePollAsync(lease, job, report.Code, now + gap, cancellationToken);
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(report), report.State, "No rule for this job state.");
        }
    }

    private void LogEnd(LogLevel level, OpenJob job, string end, JobReport report) =>
        logger.Log(
            level,
            "{Destination} job {JobId} of {Members} to {Operation} {End}: {Code}, {Refused} refused, after {Polls} polls",
            destinationName,
            job.JobId,
            job.Members,
            job.Operation,
            end,
            report.Code,
            report.RejectedCount,
            job.Polls + 1
        );
}

using System.Text;
using AudienceSync.Connectors.CustomerIo;
using AudienceSync.Domain.Feedback;
using AudienceSync.Host.Privacy;

namespace AudienceSync.Host.Feedback;

/// <summary>
/// Reports what the steps of journeys did, each by its delivery id. A delivery id is a capability: it is opened right before it is sent,
/// and is
/// in no log, message or record.
/// <para>
/// <b>A report may be made twice</b>, when the process dies between the answer and its record: the same metric with a later time. A step
/// that is older
/// than an hour is not reported any more; it is counted as dropped.
/// </para>
/// </summary>
internal sealed class StepReporter(StepStore store, StepSeal seal, TimeProvider clock)
{
    /// <summary>How old a step may be to be reported.</summary>
    internal static readonly TimeSpan AgeLimit = TimeSpan.FromHours(1);

    /// <summary>The code of a step that is older.</summary>
    public const string TooOld = "step_too_old";

    /// <summary>The code of a step whose delivery id cannot be opened.</summary>
    public const string Unreadable = "step_unreadable";

    // Five seconds at the rate of steps: then it is read again whose person is being erased.
    private const int StepsAtOnce = 50;

    private const int Rounds = 6;

    /// <summary>Looks at what is due. Whether there is something to report of it; the rest is looked at later.</summary>
    public async Task<bool> AnyToReportAsync(string source, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        var due = await store.DueAsync(source, now, StepsAtOnce, cancellationToken);
        var later = due.Where(step => !IsToReport(step, now)).Select(step => (step.Number, now + Pause(now - step.RecordedAt))).ToList();
        if (later.Count > 0)
        {
            await store.PostponeAsync(later, cancellationToken);
        }

        return later.Count < due.Count;
    }

    /// <summary>Returns the answer that ended it; null when everything was accepted or refused for good.</summary>
    public async Task<FeedbackReply?> SendAsync(
        PlannedFeedback planned,
        FeedbackRange range,
        FeedbackTally tally,
        CancellationToken cancellationToken
    )
    {
        for (var round = 0; round < Rounds; round++)
        {
            var now = clock.GetUtcNow();
            var due = await store.DueAsync(range.Source, now, StepsAtOnce, cancellationToken);
            var reported = due.FindAll(step => IsToReport(step, now));
            foreach (var step in reported)
            {
                if (await SendAsync(planned, step, clock.GetUtcNow(), tally, cancellationToken) is { } failed)
                {
                    return failed;
                }
            }

            if (reported.Count == 0)
            {
                return null;
            }
        }

        return null;
    }

    private async Task<FeedbackReply?> SendAsync(
        PlannedFeedback planned,
        DueStep step,
        DateTimeOffset now,
        FeedbackTally tally,
        CancellationToken cancellationToken
    )
    {
        var refusal =
            step.PersonGone ? FeedbackSender.PersonGone
            : now - step.RecordedAt > AgeLimit ? TooOld
            : null;
        if (refusal is not null || seal.TryOpen(step.RecordedAt, step.KeyVersion, step.Cipher) is not { } deliveryId)
        {
            tally.Drop(refusal ?? Unreadable);
            await store.RemoveAsync(step.Number, cancellationToken);
            return null;
        }

        var (metric, reason) = (step.Outcome.Metric!, step.Outcome.Reason);
        var reply = await planned.Service.ReportAsync(Encoding.UTF8.GetString(deliveryId), metric, now, reason, cancellationToken);
        tally.Status = reply.Status;
        if (reply.Outcome == FeedbackOutcome.Accepted)
        {
            tally.Accept(1);
        }
        else if (reply.Outcome is FeedbackOutcome.Refused or FeedbackOutcome.Split)
        {
            tally.Reject(reply.Code);
        }
        else
        {
            return reply;
        }

        await (
            step.Outcome.IsFinal
                ? store.RemoveAsync(step.Number, cancellationToken)
                : store.ReportedAsync(step.Number, metric, now + Pause(now - step.RecordedAt), cancellationToken)
        );
        return null;
    }

    private static bool IsToReport(DueStep step, DateTimeOffset now) =>
        step.PersonGone || now - step.RecordedAt > AgeLimit || (step.Outcome.Metric is { } metric && metric != step.Reported);

    // Most steps are decided within seconds; one that is not waits for a platform or an operator.
    private static TimeSpan Pause(TimeSpan age) =>
        age < TimeSpan.FromSeconds(10) ? TimeSpan.FromSeconds(2)
        : age < TimeSpan.FromMinutes(2) ? TimeSpan.FromSeconds(15)
        : TimeSpan.FromMinutes(2);
}

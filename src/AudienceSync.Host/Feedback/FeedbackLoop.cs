using System.Runtime.CompilerServices;
using AudienceSync.Host.EventStore.Leases;

namespace AudienceSync.Host.Feedback;

/// <summary>
/// Turns what happened into pages of feedback, on one Host at a time. It is driven by levels: whatever was missed, the cursors show what
/// was not made into pages yet.
/// <para>
/// <b>States.</b> Waiting for the lease; following. Of a source: following; stopped, when its credentials or address are refused: then it
/// gets the message of its oldest page at intervals and no new pages.
/// </para>
/// <para>
/// <b>Pages under way.</b> At most four of deliveries, one of traits and one of steps, so an outage of the service makes no more of them:
/// the cursor waits, and its lag shows. Attributes have seconds as their times, and two pages of one second must not overtake each other.
/// </para>
/// <para>
/// <b>Failures.</b> A kill between any two steps leaves cursor, page and message as they were, all or nothing, because they are one
/// transaction. A message that was lost or discarded leaves its page open, and the page gets another one after half an hour. A lost lease
/// ends the iteration, and the fence refuses what it would have written.
/// </para>
/// </summary>
internal sealed class FeedbackLoop(
    FeedbackPlan plan,
    FeedbackPageStore pages,
    FeedbackCursorQueries cursors,
    StepReporter steps,
    LeaseStore leases,
    TimeProvider clock,
    ILogger<FeedbackLoop> logger
) : LeasedLoop(LeaseName, "Feedback", leases, wake: null, clock, logger)
{
    public const string LeaseName = "feedback";

    /// <summary>A page whose message was not handled for so long gets another one.</summary>
    internal static readonly TimeSpan LostAfter = TimeSpan.FromMinutes(30);

    private const int MostDeliveryPages = 4;

    /// <summary>Pages that a source gets in one round, so that none keeps the others waiting.</summary>
    private const int MostSteps = 20;

    private static readonly TimeSpan Poll = TimeSpan.FromSeconds(1);

    /// <summary>How often it looks, by the clock of the machine.</summary>
    internal TimeSpan PollEvery { get; init; } = Poll;

    protected override TimeSpan Idle => PollEvery;

    protected override TimeSpan Retry => PollEvery;

    protected override async IAsyncEnumerable<TurnPause> WorkAsync(
        Lease lease,
        [EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        while (true)
        {
            await RoundAsync(lease, cancellationToken);
            yield return TurnPause.For(PollEvery);
        }
    }

    /// <summary>Looks at every source once.</summary>
    internal async Task RoundAsync(Lease lease, CancellationToken cancellationToken)
    {
        await Leases.KeepAsync(lease, cancellationToken);
        foreach (var planned in plan.Sources)
        {
            await RoundAsync(lease, planned, cancellationToken);
        }
    }

    private async Task RoundAsync(Lease lease, PlannedFeedback planned, CancellationToken cancellationToken)
    {
        var now = Clock.GetUtcNow();
        var open = await pages.OpenPagesAsync(planned.Source, cancellationToken);
        var stoppedUntil = await pages.StoppedUntilAsync(planned.Source, cancellationToken);
        var due = open.Where(page => page.RetryAt is { } at ? at <= now : now - page.EnlistedAt >= LostAfter);
        if (stoppedUntil is { } until)
        {
            var isTried = open.Exists(page => page.RetryAt is null && now - page.EnlistedAt < LostAfter);
            due = until <= now && !isTried ? due.Take(1) : [];
        }

        foreach (var page in due.ToList())
        {
            await pages.ReopenAsync(lease, page.Range, now, cancellationToken);
        }

        // Cursors are made also while nothing can be sent: from then on everything is reported.
        foreach (var stream in StreamsOf(planned))
        {
            var cursor = await cursors.CursorAsync(planned.Source, stream, cancellationToken);
            var free = MostOf(stream) - open.Count(page => page.Range.Stream == stream);
            if (stoppedUntil is null && free > 0)
            {
                await OpenAsync(lease, planned.Source, stream, cursor, free, cancellationToken);
            }
        }

        if (
            planned.Service.Settings.StepMetrics
            && stoppedUntil is null
            && !open.Exists(page => page.Range.Stream == FeedbackStreams.Steps)
        )
        {
            await OpenStepsAsync(lease, planned.Source, now, cancellationToken);
        }
    }

    private async Task OpenAsync(
        Lease lease,
        string source,
        string stream,
        FeedbackCursor cursor,
        int free,
        CancellationToken cancellationToken
    )
    {
        for (var step = 0; free > 0 && step < MostSteps; step++)
        {
            var next = FeedbackStreams.DestinationOf(stream) is { } destination
                ? await cursors.DeliveriesAsync(destination, cursor, cancellationToken)
                : await cursors.LogAsync(cursor, cancellationToken);
            if (next is not { } found)
            {
                return;
            }

            var range = new FeedbackRange(source, stream, cursor.Position, found.To);
            if (found.HasFacts)
            {
                await pages.OpenAsync(lease, range, cursor.Since, found.Until, Clock.GetUtcNow(), cancellationToken);
                free--;
            }
            else
            {
                await pages.SkipAsync(lease, range, found.Until, cancellationToken);
            }

            cursor = new FeedbackCursor(found.To, found.Until);
        }
    }

    // Steps are decided in any order, so their pages are of what is due, and their cursor is a counter of pages. It is there from the
    // beginning, as the others are: the status shows it.
    private async Task OpenStepsAsync(Lease lease, string source, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var cursor = await cursors.CursorAsync(source, FeedbackStreams.Steps, cancellationToken);
        if (await steps.AnyToReportAsync(source, cancellationToken))
        {
            var range = new FeedbackRange(source, FeedbackStreams.Steps, cursor.Position, cursor.Position + 1);
            await pages.OpenAsync(lease, range, cursor.Since, cursor.Since, now, cancellationToken);
        }
    }

    private IEnumerable<string> StreamsOf(PlannedFeedback planned) =>
        [
            .. planned.Service.Settings.Events ? plan.Destinations.Select(FeedbackStreams.DeliveriesOf) : [],
            .. planned.Service.Settings.Attributes ? new[] { FeedbackStreams.Traits } : [],
        ];

    private static int MostOf(string stream) => stream == FeedbackStreams.Traits ? 1 : MostDeliveryPages;
}

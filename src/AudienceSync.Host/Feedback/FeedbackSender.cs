using AudienceSync.Connectors.CustomerIo;
using AudienceSync.Domain.Feedback;
using AudienceSync.Host.Messages;

namespace AudienceSync.Host.Feedback;

/// <summary>
/// Sends a page of feedback, and records what the service answered.
/// <para>
/// <b>States of a page.</b> Open; sent; dead. A message of a page that was sent has nothing to do, so it may be handled any number of
/// times.
/// </para>
/// <para>
/// <b>Failures.</b> Not accepted now: the page waits, first half a minute and at most ten, or as long as the service requested, and the
/// loop
/// sends its message again; after a day it is dead, and its message an operator's to replay. Credentials or address refused: the source is
/// stopped with a code that <c>feedback list</c> shows, its pages wait, and one is tried each minute; the first that is accepted resumes
/// the source. An item that the service refuses is recorded with its code and field, and the others of the page are accepted. A kill
/// anywhere leaves the page open: the message is handled again.
/// </para>
/// <para>
/// <b>Why it is right.</b> What is sent twice is one: an event has an id that is derived from its fact, an attribute has the time at
/// which it
/// was true. Nothing is kept of who it was about: identifiers are read from the vault for a few hundred people at a time, right before they
/// are sent, and before each retry, so that nothing is sent about somebody whose erasure was requested before.
/// </para>
/// </summary>
internal sealed class FeedbackSender(
    FeedbackPlan plan,
    FeedbackPageStore pages,
    DeliveryFactQueries deliveries,
    FeedbackPeopleQueries people,
    TraitPages traits,
    StepReporter steps,
    TimeProvider clock,
    ILogger<FeedbackSender> logger
)
{
    /// <summary>The code of a person whom nothing is known of any more.</summary>
    public const string PersonGone = "person_gone";

    /// <summary>The code of a person without an identifier that the service takes.</summary>
    public const string NoIdentifier = "no_identifier";

    /// <summary>How long a page is tried.</summary>
    internal static readonly TimeSpan TriedFor = TimeSpan.FromHours(24);

    /// <summary>How often a page is sent for items that the service did not take without finding them wrong.</summary>
    private const int TriesOfItems = 5;

    /// <summary>How often a stopped source tries a page.</summary>
    private static readonly TimeSpan StoppedWait = TimeSpan.FromMinutes(1);

    /// <summary>People whose identifiers are in memory at a time.</summary>
    private const int PeopleAtOnce = 500;

    /// <summary>Counts what is sent; null for none.</summary>
    public FeedbackMetrics? Metrics { get; init; }

    /// <exception cref="FeedbackGaveUpException">It was not accepted for a day.</exception>
    public async Task SendAsync(FeedbackRange range, CancellationToken cancellationToken)
    {
        if (await pages.FindAsync(range, cancellationToken) is not { State: not FeedbackPageState.Sent } page)
        {
            return;
        }

        var tally = new FeedbackTally { TriesAgain = page.Attempts < TriesOfItems };
        if (plan.Find(range.Source) is not { } planned)
        {
            tally.Drop("source_without_feedback");
            await pages.EndAsync(range, FeedbackPageState.Sent, tally, code: null, clock.GetUtcNow(), cancellationToken);
            return;
        }

        var failed = await SendAsync(planned, page, tally, cancellationToken);
        if (failed is null)
        {
            await EndAsync(page, tally, cancellationToken);
        }
        else
        {
            await FailAsync(page, tally, failed, cancellationToken);
        }
    }

    // Returns the answer that ended it; null when everything was accepted or refused for good.
    private async Task<FeedbackReply?> SendAsync(
        PlannedFeedback planned,
        FeedbackPage page,
        FeedbackTally tally,
        CancellationToken cancellationToken
    ) =>
        page.Range.Stream switch
        {
            FeedbackStreams.Traits => await traits.SendAsync(planned, page.Range, tally, cancellationToken),
            FeedbackStreams.Steps => await steps.SendAsync(planned, page.Range, tally, cancellationToken),
            _ => await SendDeliveriesAsync(planned, page, tally, cancellationToken),
        };

    private async Task<FeedbackReply?> SendDeliveriesAsync(
        PlannedFeedback planned,
        FeedbackPage page,
        FeedbackTally tally,
        CancellationToken cancellationToken
    )
    {
        foreach (var facts in (await deliveries.ReadAsync(page, cancellationToken)).Chunk(PeopleAtOnce))
        {
            var known = await people.ReadAsync(planned.Source, [.. facts.Select(fact => fact.Person)], cancellationToken);
            var items = new List<byte[]>(facts.Length);
            foreach (var fact in facts)
            {
                if (!known.TryGetValue(fact.Person, out var person))
                {
                    continue; // Another source's, or erased: not a fact for this one.
                }

                if (person.Identifier is not { } identifier)
                {
                    tally.Drop(NoIdentifier);
                    continue;
                }

                var item = CustomerIoPayload.Event(identifier, fact.Event);
                if (item.Json is { } json)
                {
                    items.Add(json);
                }
                else
                {
                    tally.Drop(item.Refusal!);
                }
            }

            var (failed, _) = await SendAsync(
                planned,
                items,
                tally,
                token => people.AreStillKnownAsync(planned.Source, known, token),
                cancellationToken
            );
            if (failed is not null)
            {
                return failed;
            }
        }

        return null;
    }

    /// <summary>
    /// Sends items in batches. Returns the answer that ended it, null when everything was accepted or refused for good; and the indexes of
    /// the items that were refused.
    /// </summary>
    internal static async Task<(FeedbackReply? Failed, IReadOnlySet<int> Refused)> SendAsync(
        PlannedFeedback planned,
        IReadOnlyList<byte[]> items,
        FeedbackTally tally,
        Func<CancellationToken, Task<bool>> mayRepeat,
        CancellationToken cancellationToken
    )
    {
        var (sent, refused) = (0, new HashSet<int>());
        foreach (var batch in CustomerIoPayload.Batches(items))
        {
            var reply = await planned.Service.SendAsync(batch, mayRepeat, cancellationToken);
            tally.Status = reply.Status;
            if (
                reply.Outcome is not (FeedbackOutcome.Accepted or FeedbackOutcome.Refused)
                || (tally.TriesAgain && reply.Rejected.Any(item => item.MayPass))
            )
            {
                return (reply, refused);
            }

            tally.Accept(batch.Count - reply.Rejected.Count);
            foreach (var item in reply.Rejected)
            {
                tally.Reject(item.Code);
                refused.Add(sent + item.Index);
            }

            sent += batch.Count;
        }

        return (null, refused);
    }

    private async Task EndAsync(FeedbackPage page, FeedbackTally tally, CancellationToken cancellationToken)
    {
        var range = page.Range;
        await pages.EndAsync(range, FeedbackPageState.Sent, tally, code: null, clock.GetUtcNow(), cancellationToken);
        Metrics?.Count(range.Source, tally);
        if (tally.Status != 0 && await pages.ResumeAsync(range.Source, cancellationToken))
        {
            logger.LogInformation("Feedback to {Source} is accepted again", range.Source);
        }

        if (tally.Rejected > 0)
        {
            logger.LogWarning(
                "Feedback to {Source}: {Rejected} of {Items} items of {Stream} refused, {Codes}",
                range.Source,
                tally.Rejected,
                tally.Items,
                range.Stream,
                string.Join(", ", tally.Codes.Keys)
            );
        }
    }

    private async Task FailAsync(FeedbackPage page, FeedbackTally tally, FeedbackReply failed, CancellationToken cancellationToken)
    {
        var (range, now) = (page.Range, clock.GetUtcNow());
        if (failed.Outcome is FeedbackOutcome.Unauthorized or FeedbackOutcome.Misdirected)
        {
            await pages.StopAsync(range.Source, failed.Code, now, now + StoppedWait, cancellationToken);
            if (page.State == FeedbackPageState.Dead)
            {
                throw new FeedbackGaveUpException(range.Source, failed.Code);
            }

            await pages.WaitAsync(range, now + StoppedWait, failed.Code, failed.Status, cancellationToken);
            logger.LogError(
                "Feedback to {Source} is stopped with {Code}: correct its credentials or address; it resumes by itself",
                range.Source,
                failed.Code
            );
            return;
        }

        if (page.State == FeedbackPageState.Dead || now - page.OpenedAt >= TriedFor)
        {
            await pages.EndAsync(range, FeedbackPageState.Dead, tally, failed.Code, now, cancellationToken);
            throw new FeedbackGaveUpException(range.Source, failed.Code);
        }

        // An answer that was accepted in part is no failure of the call.
        var code = failed.Rejected.Count > 0 ? failed.Rejected[0].Code : failed.Code;
        var wait = SendWait.After(page.Attempts, failed.RetryAfter);
        await pages.WaitAsync(range, now + wait, code, failed.Status, cancellationToken);
        logger.LogWarning(
            "Feedback to {Source}: page {From} of {Stream} not accepted with {Code}; retrying in {Wait_s} s",
            range.Source,
            range.From,
            range.Stream,
            code,
            (int)wait.TotalSeconds
        );
    }
}

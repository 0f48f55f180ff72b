using System.Globalization;
using AudienceSync.Domain.Events;
using AudienceSync.Domain.Identity;
using AudienceSync.Domain.Outcomes;
using AudienceSync.Host.Ingest.Append;
using JasperFx.Events;
using JasperFx.Events.Daemon;
using JasperFx.Events.Projections;
using Marten;
using Marten.Events.Daemon;
using Marten.Events.Daemon.Internals;
using Marten.Subscriptions;

namespace AudienceSync.Host.Outcomes;

/// <summary>
/// Suppresses people by the workspace's policy, as a subscription of Marten's daemon: for each outcome that has a consequence it appends a
/// <c>person_suppressed</c> or <c>person_suppression_lifted</c>, by the same group commit as webhooks and operators.
/// <para>
/// <b>At least once, and one fact.</b> The page is read again when the daemon ends before its progress is stored. The id of what is
/// appended is derived from the outcome's, so the log refuses a second one.
/// </para>
/// <para>
/// <b>Reversible.</b> A suppression has the time of its outcome. A later lifting outweighs it by time, and the same outcome, replayed or
/// rebuilt, has the same id and the same time.
/// </para>
/// <para>
/// <b>Lifting.</b> A person who subscribes again is suppressed no longer, if nothing but earlier refusals suppresses the person: a lifting
/// ends every suppression in its scope, and must not undo a complaint, a bounce or an operator's decision.
/// </para>
/// </summary>
internal sealed class OutcomeSuppression(
    OutcomePolicy policy,
    EngagementQueries engagement,
    SuppressionStore people,
    GroupCommit log,
    TimeProvider clock,
    ILogger<OutcomeSuppression> logger
) : ISubscription
{
    /// <summary>Its name in Marten's progress table and in the status.</summary>
    public const string SubscriptionName = "outcome_policy";

    private const int AtOnce = 8;

    private static readonly TimeSpan Retry = TimeSpan.FromMilliseconds(500);

    /// <inheritdoc/>
    public async Task<IChangeListener> ProcessEventsAsync(
        EventRange page,
        ISubscriptionController controller,
        IDocumentOperations operations,
        CancellationToken cancellationToken
    )
    {
        // The consequences of a page do not depend on their order: what a later answer takes back is seen as taken back by all of them.
        await Parallel.ForEachAsync(
            page.Events.Where(stored => stored.Data is MessageOutcomeRecorded outcome && policy.Concerns(outcome)),
            new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = cancellationToken },
            async (stored, token) => await ApplyAsync(stored, (MessageOutcomeRecorded)stored.Data, token)
        );
        return NullChangeListener.Instance;
    }

    private async Task ApplyAsync(IEvent stored, MessageOutcomeRecorded outcome, CancellationToken cancellationToken)
    {
        var anchors = await engagement.AnchorsAsync(new PersonId(stored.StreamId), cancellationToken);
        var known = (await engagement.ReadAsync(anchors, cancellationToken)).Apply(outcome);
        var consequences = policy.ConsequencesOf(outcome, known);
        if (consequences.Count == 0)
        {
            return;
        }

        if (await people.RootAsync(anchors, cancellationToken) is not { } person)
        {
            // Erased, usually: nothing can be appended to such a person, and nothing is sent for one.
            logger.LogWarning("An outcome at position {Position} suppresses no one: its person has no identifier", stored.Sequence);
            return;
        }

        var events = consequences.Where(one => !one.Lifts).Select(one => Pending(stored.Id, outcome.Source, one, person)).ToList();
        if (consequences.Any(one => one.Lifts))
        {
            var earlier = await people.SuppressionsAsync(anchors, cancellationToken);
            events.AddRange(
                consequences.Where(one => one.Lifts && MayLift(one, earlier)).Select(one => Pending(stored.Id, outcome.Source, one, person))
            );
        }

        await AppendAsync([.. events], stored.Sequence, cancellationToken);
    }

    /// <summary>Whether something is to be lifted, and nothing else would be lifted with it.</summary>
    internal static bool MayLift(OutcomeConsequence lifting, IReadOnlyList<IStoredEvent> earlier)
    {
        var liftedAt = earlier
            .OfType<PersonSuppressionLifted>()
            .Where(lifted => lifted.Destination == lifting.Destination)
            .Select(lifted => (DateTimeOffset?)lifted.OccurredAt)
            .Max();
        var standing = earlier
            .OfType<PersonSuppressed>()
            .Where(one => one.Destination == lifting.Destination && (liftedAt is null || one.OccurredAt >= liftedAt))
            .ToList();
        return standing.Exists(one => one.OccurredAt < lifting.At)
            && standing.TrueForAll(one => one.Reason == lifting.Reason && one.OccurredAt < lifting.At);
    }

    private static PendingEvent Pending(Guid outcome, string source, OutcomeConsequence consequence, PersonAnchor person)
    {
        IStoredEvent stored = consequence.Lifts
            ? new PersonSuppressionLifted(consequence.At, source, consequence.Destination, consequence.Reason)
            : new PersonSuppressed(consequence.At, source, consequence.Destination, consequence.Reason);
        var name = string.Create(
            CultureInfo.InvariantCulture,
            $"{outcome:N}/{EventTypes.AliasOf(stored)}/{consequence.Reason}/{consequence.Destination}"
        );
        return new PendingEvent(
            EventId.Derive("outcome/" + source, name),
            EventTypes.AliasOf(stored),
            EventJson.Write(stored),
            consequence.At,
            [person.Alias],
            person.Identifiers
        );
    }

    // Until it is in the log: the page's progress must not be stored before.
    private async Task AppendAsync(PendingEvent[] events, long position, CancellationToken cancellationToken)
    {
        while (events.Length > 0)
        {
            var request = new PendingRequest(events, [], default, clock.GetUtcNow());
            var result = log.TryEnqueue(request) ? (await request.Settled).Result : AppendResult.StorageDown;
            if (result == AppendResult.Unstorable)
            {
                // It would be refused forever, and everything behind it would wait.
                logger.LogError("The database does not accept the suppression that follows from the outcome at {Position}", position);
                return;
            }

            if (result == AppendResult.Committed)
            {
                return;
            }

            await Task.Delay(Retry, clock, cancellationToken);
        }
    }
}

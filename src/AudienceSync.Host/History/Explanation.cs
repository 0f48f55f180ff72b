using AudienceSync.Domain.Audiences;
using AudienceSync.Domain.Experiments;
using AudienceSync.Domain.Exposures;
using AudienceSync.Domain.History;
using AudienceSync.Domain.Identity;
using AudienceSync.Domain.Membership;
using AudienceSync.Domain.Permission;

namespace AudienceSync.Host.History;

/// <summary>The terms of the queried key.</summary>
public sealed record ExplainedKey(string AudienceKey, double? WindowS, string ConsentPolicy, IReadOnlyList<string> MatchKeys, bool Retired);

/// <summary>The experiment that runs on the audience, and the person's arm in it.</summary>
/// <param name="Experiment">Its name.</param>
/// <param name="Arm">The arm.</param>
/// <param name="DecidedBy">The oldest of the person's anchors, which decides the arm.</param>
public sealed record ExplainedArm(string Experiment, ExposureArm Arm, Guid DecidedBy);

/// <summary>
/// The membership, and what it follows from. <paramref name="Status"/> is null when the person has no events for the key.
/// </summary>
public sealed record ExplainedMembership(
    MembershipStatus? Status,
    DateTimeOffset? Since,
    DateTimeOffset? Until,
    DateTimeOffset? AddedAt,
    DateTimeOffset? RemovedAt,
    IReadOnlyList<string> Restrictions,
    IReadOnlyList<string> RestrictedAt,
    ExplainedArm? Arm
);

/// <summary>One event, and its effect. <paramref name="By"/> is the position of the event that superseded or outweighed it.</summary>
public sealed record ExplainedEvent(EventView Event, EventEffect Effect, long? By, EventEffect? Permission);

/// <summary>
/// One remote audience: what feeds it, what is delivered there for which of the person's anchors, and its last calls.
/// <paramref name="Feeds"/>: the queried key feeds it. <paramref name="Looked"/>: a lane has passed the person's last change; null where
/// the key does not feed it.
/// </summary>
public sealed record ExplainedBinding(
    string Destination,
    string Platform,
    string Remote,
    string FedBy,
    bool Feeds,
    bool Bound,
    string? Stopped,
    DateTimeOffset? BlockedUntil,
    bool ConsentRequired,
    bool? Looked,
    IReadOnlyList<TrailDelivery> Deliveries,
    IReadOnlyList<TrailCall> LastCalls
);

/// <summary>Why a person is or is not in an audience, from their events to the platforms' responses.</summary>
public sealed record Explanation(
    Guid Person,
    ExplainedKey Key,
    ExplainedMembership Membership,
    IReadOnlyList<TrailAnchor> Anchors,
    IReadOnlyList<ExplainedEvent> Events,
    IReadOnlyList<ExplainedBinding> Bindings,
    long ProjectedPosition
);

/// <summary>Builds explanations.</summary>
public sealed class Explainer(PersonPast past, PersonTrailQueries trail)
{
    /// <summary>Null when no person has this id.</summary>
    public async Task<Explanation?> ExplainAsync(PersonId person, PublishedKey key, CancellationToken cancellationToken)
    {
        if (await past.LoadAsync(person, cancellationToken) is not var (people, root, anchors, now))
        {
            return null;
        }

        var member = people.MemberAt(root, past.Keys.PastOf(key), now);
        var events = await trail.EventsAsync(anchors, cancellationToken);
        return new Explanation(
            root.Value,
            new ExplainedKey(
                key.Key.Value,
                key.Window?.TotalSeconds,
                AudienceLabels.Of(key.ConsentPolicy),
                AudienceLabels.Of(key.MatchKeys),
                key.Retired
            ),
            Of(member, key, ArmRule.OldestOf(anchors), now),
            await trail.AnchorsAsync(anchors, cancellationToken),
            Evaluate(events, past.Keys.PastOf(key), now),
            await BindingsAsync(root, anchors, key, cancellationToken),
            now.Last.Value
        );
    }

    private static ExplainedMembership Of(PastMember member, PublishedKey key, PersonId oldest, AsOf now)
    {
        var known = member.State != MembershipState.Nothing;
        var status = key.Holdout is { } holdout ? ArmRule.ApplyTo(member.Status, holdout, oldest) : member.Status;
        return new ExplainedMembership(
            known ? status : null,
            known ? member.State.Since(key.Window, now.At) : null,
            member.State.Until(key.Window),
            member.State.AddedAt,
            member.State.RemovedAt,
            member.Permissions.Restrictions.Labels(),
            member.Permissions.RestrictedAt ?? [],
            known && key.Holdout is { } running ? new ExplainedArm(running.Experiment, ArmRule.ArmOf(running, oldest), oldest.Value) : null
        );
    }

    private static List<ExplainedEvent> Evaluate(List<TrailEvent> events, PastKey key, AsOf now)
    {
        var views = events.ToDictionary(one => one.Position, EventView.Of);
        var read = events
            .Where(one => one.Position <= now.Last)
            .Select(one => new StreamEvent(one.Position, one.Anchor, one.Type, one.Data))
            .ToList();
        return
        [
            .. EventEffects
                .Of(read, key)
                .Select(evaluated => new ExplainedEvent(
                    views[evaluated.Event.Position],
                    evaluated.Effect,
                    evaluated.By?.Value,
                    evaluated.Permission
                )),
            .. events
                .Where(one => one.Position > now.Last)
                .Select(one => new ExplainedEvent(views[one.Position], EventEffect.Waiting, null, null)),
        ];
    }

    private async Task<List<ExplainedBinding>> BindingsAsync(
        PersonId root,
        IReadOnlyList<PersonId> anchors,
        PublishedKey key,
        CancellationToken cancellationToken
    )
    {
        var bindings = await trail.BindingsAsync(key.Key.Audience, anchors, cancellationToken);
        var calls = (await trail.CallsAsync(bindings.Select(binding => binding.BindingId), cancellationToken)).ToLookup(call =>
            call.BindingId
        );
        var changed = await trail.ChangedAsync(key.KeyId, root, cancellationToken);
        return [.. bindings.GroupBy(binding => binding.BindingId).Select(rows => Of(rows.First(), rows))];

        ExplainedBinding Of(TrailBinding one, IEnumerable<TrailBinding> rows)
        {
            var feeds = one.FedBy == key.Key.Value;
            return new ExplainedBinding(
                one.Destination,
                one.Platform,
                one.Remote,
                one.FedBy,
                feeds,
                one.Bound,
                one.Stopped,
                one.BlockedUntil,
                one.ConsentRequired,
                feeds && changed is { } at ? at <= Math.Max(one.RemovalLaneAt, one.AddLaneAt) : null,
                [.. rows.Select(row => row.Delivery).OfType<TrailDelivery>()],
                [.. calls[one.BindingId]]
            );
        }
    }
}

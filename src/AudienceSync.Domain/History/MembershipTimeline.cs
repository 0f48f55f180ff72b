using AudienceSync.Domain.Audiences;
using AudienceSync.Domain.Events;
using AudienceSync.Domain.Membership;
using AudienceSync.Domain.Permission;

namespace AudienceSync.Domain.History;

/// <summary>A span of time in which a person had one status in a key.</summary>
/// <param name="Since">By the sender's time, or the end of a window.</param>
/// <param name="Until">When the status changed; null while it holds.</param>
/// <param name="Position">The event that began it; for an expiry, the add whose window ended.</param>
public readonly record struct MembershipInterval(MembershipStatus Status, DateTimeOffset Since, DateTimeOffset? Until, Position Position);

/// <summary>The statuses of a person in a key, from the first event on, by when events happened.</summary>
public static class MembershipTimeline
{
    /// <param name="memberships">Facts of this key, of all anchors of the person.</param>
    /// <param name="permissions">Permission facts, of all anchors of the person.</param>
    /// <param name="window">The window of the key.</param>
    /// <param name="policy">The consent policy of the key.</param>
    /// <param name="now">The end of the timeline.</param>
    public static IReadOnlyList<MembershipInterval> Of(
        IEnumerable<(Position Position, MembershipFact Fact)> memberships,
        IEnumerable<(Position Position, PermissionFact Fact)> permissions,
        TimeSpan? window,
        ConsentPolicy policy,
        DateTimeOffset now
    )
    {
        var facts = new Queue<(Position Position, MembershipFact Fact)>(
            memberships
                .Where(one => one.Fact.OccurredAt <= now)
                .OrderBy(one => one.Fact.OccurredAt)
                .ThenBy(one => one.Fact.Kind)
                .ThenBy(one => one.Position.Value)
        );
        var permissionFacts = new Queue<(Position Position, PermissionFact Fact)>(
            permissions.Where(one => one.Fact.At <= now).OrderBy(one => one.Fact.At).ThenBy(one => one.Position.Value)
        );
        var instants = new SortedSet<DateTimeOffset>(
            facts
                .Select(one => one.Fact.OccurredAt)
                .Concat(permissionFacts.Select(one => one.Fact.At))
                .Concat(
                    facts
                        .Where(one => one.Fact.Kind == FactKind.Added)
                        .Select(one => new MembershipState(one.Fact.OccurredAt, null).Until(window))
                        .OfType<DateTimeOffset>()
                )
                .Where(instant => instant <= now)
        );
        var (intervals, state, sum) = (new List<MembershipInterval>(), MembershipState.Nothing, Permissions.Unspecified);
        var (added, last) = (default(Position), default(Position));
        foreach (var instant in instants)
        {
            while (permissionFacts.TryPeek(out var permission) && permission.Fact.At <= instant)
            {
                (sum, last) = (sum.Apply(permission.Fact), permission.Position);
                permissionFacts.Dequeue();
            }

            while (facts.TryPeek(out var fact) && fact.Fact.OccurredAt <= instant)
            {
                (state, last) = (state.Apply(fact.Fact), fact.Position);
                added = fact.Fact.Kind == FactKind.Added ? last : added;
                facts.Dequeue();
            }

            if (state != MembershipState.Nothing)
            {
                Add(intervals, sum.Restrictions.ApplyTo(state.StatusAt(window, instant), policy), instant, added, last);
            }
        }

        return intervals;
    }

    private static void Add(
        List<MembershipInterval> intervals,
        MembershipStatus status,
        DateTimeOffset since,
        Position added,
        Position last
    )
    {
        if (intervals.Count > 0)
        {
            if (intervals[^1].Status == status)
            {
                return;
            }

            intervals[^1] = intervals[^1] with { Until = since };
        }

        intervals.Add(new MembershipInterval(status, since, null, status == MembershipStatus.Expired ? added : last));
    }
}

using AudienceSync.Domain.Membership;

namespace AudienceSync.Domain.Tests.Membership;

/// <summary>
/// Membership by brute force: sorts the whole history by the sender's time, a removal after an add of the same moment, and the last fact
/// counts. It keeps no maxima, so it cannot share an error with <see cref="MembershipState"/>.
/// </summary>
internal static class MembershipOracle
{
    public static (MembershipStatus Status, DateTimeOffset Since) At(
        IEnumerable<MembershipFact> history,
        TimeSpan? window,
        DateTimeOffset now
    )
    {
        var stated = history.OrderBy(f => f.OccurredAt).ThenBy(f => f.Kind == FactKind.Removed ? 1 : 0).ToList();
        if (stated.Count == 0)
        {
            return (MembershipStatus.Removed, DateTimeOffset.MinValue);
        }

        var last = stated[^1];
        if (last.Kind == FactKind.Removed)
        {
            return (MembershipStatus.Removed, last.OccurredAt);
        }

        var passed = window is { } length && (now - last.OccurredAt) >= length;
        return passed ? (MembershipStatus.Expired, last.OccurredAt + window!.Value) : (MembershipStatus.Present, last.OccurredAt);
    }
}

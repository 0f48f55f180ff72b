using AudienceSync.Domain.Identity;
using AudienceSync.Domain.Membership;
using AudienceSync.Domain.Syncing;

namespace AudienceSync.Host.Sync.Lanes;

/// <summary>
/// One of the two ways through which changes reach a remote audience. Removals have their own, so that none waits behind an add.
/// </summary>
public sealed record Lane(string Name, bool Desired, short[] States)
{
    public static readonly Lane Removals = new("removals", Desired: false, StatesOf(TargetingRule.MayHaveToLeave));

    /// <summary>Members that may be desired: for some, only each destination can determine whether they are.</summary>
    public static readonly Lane Adds = new("adds", Desired: true, StatesOf(TargetingRule.IsTargetable));

    /// <summary>The states of memberships to which a rule applies.</summary>
    public static short[] StatesOf(Func<MembershipStatus, bool> rule) =>
        [.. Enum.GetValues<MembershipStatus>().Where(rule).Select(status => (short)status)];

    /// <summary>As it is stored.</summary>
    public short Number => (short)(Desired ? 1 : 2);

    public long PositionOf(Binding binding) => Desired ? binding.AddPos : binding.RemovalPos;

    public int AttemptsOf(Binding binding) => Desired ? binding.AddAttempts : binding.RemovalAttempts;

    public DateTimeOffset? NextTryOf(Binding binding) => Desired ? binding.AddNextAt : binding.RemovalNextAt;

    /// <param name="binding">As it was read before the call.</param>
    /// <param name="refusals">The lane's consecutive calls that were refused as a whole.</param>
    public LaneProgress ProgressOf(Binding binding, int refusals)
    {
        var (since, answerAt) = Desired ? binding.AddFailing : binding.RemovalFailing;
        return new LaneProgress(AttemptsOf(binding), NextTryOf(binding), Desired ? binding.AddUnknowns : binding.RemovalUnknowns)
        {
            FailingSince = since,
            AnswerAt = answerAt,
            Refusals = refusals,
            Throttles = binding.Throttled.InARow,
            ThrottledSince = binding.Throttled.Since,
            IsUntried = binding.IsUntried,
        };
    }
}

/// <summary>A member whose row changed since the lane last read it, with what was delivered for the member.</summary>
/// <param name="Person">Who.</param>
/// <param name="ChangedPos">The number of the member's change.</param>
/// <param name="Entry">The member's ledger entry.</param>
/// <param name="Revision">The member's current identifier revision.</param>
/// <param name="Desired">Whether the member belongs in this remote audience now: present, and allowed to be targeted here.</param>
public readonly record struct LaneMember(PersonId Person, long ChangedPos, LedgerEntry Entry, int Revision, bool Desired)
{
    /// <summary>Whether the ledger has no row for the member.</summary>
    public bool IsNew { get; init; }

    /// <summary>When the ledger row was last written; null when that is not known.</summary>
    public DateTimeOffset? WrittenAt { get; init; }

    /// <summary>When the membership was removed, or its window ended; null for a member whose removal has another reason.</summary>
    public DateTimeOffset? EndedAt { get; init; }

    /// <summary>Whether a job that has not ended holds the member.</summary>
    public bool InJob { get; init; }
}

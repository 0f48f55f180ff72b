using AudienceSync.Domain.Membership;

namespace AudienceSync.Host.Storage.Syncing;

/// <summary>One of the two ways through which changes reach a remote audience. Removals have their own, so that none waits behind an add.</summary>
public sealed record Lane(string Name, bool Desired, short[] States)
{
    public static readonly Lane Removals = new(
        "removals", Desired: false,
        [
            (short)MembershipStatus.Removed, (short)MembershipStatus.Expired, (short)MembershipStatus.Withheld, (short)MembershipStatus.Linked,
            (short)MembershipStatus.Limited,
        ]);

    /// <summary>Members that may be desired: for some, only each destination can determine whether they are.</summary>
    public static readonly Lane Adds = new("adds", Desired: true, [(short)MembershipStatus.Present, (short)MembershipStatus.Limited]);

    public long PositionOf(Binding binding) => Desired ? binding.AddPos : binding.RemovalPos;

    public int AttemptsOf(Binding binding) => Desired ? binding.AddAttempts : binding.RemovalAttempts;

    public int UnknownsOf(Binding binding) => Desired ? binding.AddUnknowns : binding.RemovalUnknowns;

    public (DateTimeOffset? Since, DateTimeOffset? AnswerAt) FailingOf(Binding binding) => Desired ? binding.AddFailing : binding.RemovalFailing;

    public DateTimeOffset? NextTryOf(Binding binding) => Desired ? binding.AddNextAt : binding.RemovalNextAt;
}

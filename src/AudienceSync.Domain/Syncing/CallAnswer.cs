namespace AudienceSync.Domain.Syncing;

/// <summary>What is known about a call afterwards. Indexes count the members that were sent.</summary>
/// <param name="Outcome">Of the call as a whole.</param>
/// <param name="Invalid">Members that the connector left out, because no identifier of theirs is usable at this platform.</param>
/// <param name="Rejected">Members that the platform rejected and identified.</param>
public sealed record CallAnswer(Outcome Outcome, IReadOnlyList<RefusedMember> Invalid, IReadOnlyList<RefusedMember> Rejected)
{
    /// <summary>No call was made, because no member of it could be sent.</summary>
    public static readonly CallAnswer NothingToSend = new(Outcome.Done, [], []) { IsMade = false };

    /// <summary>No call was made, because the account has no call left for this long.</summary>
    public static CallAnswer NoBudget(TimeSpan wait) => new(Outcome.NoBudget(wait), [], []) { IsMade = false };

    /// <summary>Whether a call was made at all.</summary>
    public bool IsMade { get; init; } = true;

    /// <summary>How many rows the platform reports as rejected; may exceed <see cref="Rejected"/>, which is a sample.</summary>
    public int RejectedCount { get; init; }

    /// <summary>Whether the platform only accepted a job that will do it.</summary>
    public bool HasJob { get; init; }

    /// <summary>How much of the account's budget is used, if the platform reported it.</summary>
    public AccountUsage? Usage { get; init; }

    /// <summary>Whether the platform did, or will do, what was sent, as far as it does not refuse members.</summary>
    public bool IsAccepted => Outcome.Kind is OutcomeKind.Done or OutcomeKind.PartlyDone;

    /// <summary>
    /// Whether some were refused without being named, so that no member's result is certain: rule 6 of <see cref="Refusals"/>.
    /// </summary>
    public bool HidesNames => !HasJob && Refusals.MayHideNames(Outcome.Kind, Rejected.Count, RejectedCount);

    /// <summary>Whether it leads to a wait, whose length depends on chance.</summary>
    public bool NeedsChance => IsMade && Outcome.Kind is OutcomeKind.Retry or OutcomeKind.Snooze;

    /// <summary>Members that were left out or refused.</summary>
    public int Refused => Invalid.Count + Math.Max(RejectedCount, Rejected.Count);
}

using AudienceSync.Domain.Normalizing;

namespace AudienceSync.Connectors;

/// <summary>
/// One ad account at one platform, as far as the sync engine needs to know it. The engine decides who is to be added or removed and
/// in which order; a destination knows how to say so to its platform, and what the answer means.
/// <para>
/// A destination holds no state between calls that matters: calls may be repeated, come from another host, or be lost. It never throws
/// for what a platform answers or fails to answer (that is an <see cref="Domain.Syncing.Outcome"/>); it throws only when cancelled.
/// </para>
/// </summary>
public interface IDestination
{
    Platform Platform { get; }

    DestinationLimits Limits { get; }

    /// <summary>The normalizer version under which new members are added. Removals carry the version of their add.</summary>
    NormalizerVersion Normalizer { get; }

    /// <summary>Says one operation for up to <see cref="DestinationLimits.MembersPerCall"/> members of one remote audience.</summary>
    ValueTask<CallResult> SendAsync(MemberCall call, CancellationToken cancellationToken);

    /// <summary>
    /// How sayings of people differ to the platform, each from his former one, in the same order. Where nothing better is known the former
    /// is removed whole. A platform that hands out jobs never answers with a part that is gone beside one that is shared: until the job has
    /// ended, the ledger must be able to say the whole removal again.
    /// </summary>
    IReadOnlyList<IdentifierChange> Compare(IReadOnlyList<Resaying> people) => [.. people.Select(_ => IdentifierChange.Whole)];

    /// <summary>
    /// Adds what the platform receives of a member and may hold for another member, too (<see cref="SharedCell"/>): a removal of the one must leave it to the other.
    /// Email addresses and phone numbers are not among them, for each of these belongs to one person.
    /// </summary>
    void AddShared(in Member member, List<SharedCell> into)
    {
    }

    /// <summary>
    /// Asks what became of an accepted job. Platforms that answer at once (Meta) never hand out a handle and answer
    /// <see cref="JobState.Confirmed"/>.
    /// </summary>
    ValueTask<JobReport> FollowAsync(JobHandle job, CancellationToken cancellationToken);
}

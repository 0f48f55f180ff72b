using AudienceSync.Domain.Normalizing;

namespace AudienceSync.Connectors;

/// <summary>
/// One ad account at one platform, as the sync engine uses it. The engine decides which members to add or remove and in which order; a
/// destination translates this into calls to its platform and maps the responses to outcomes.
/// <para>
/// A destination holds no relevant state between calls: calls may be repeated, come from another host, or be lost. It never throws because
/// of a response or a missing response (that is an <see cref="Domain.Syncing.Outcome"/>); it throws only when canceled.
/// </para>
/// </summary>
public interface IDestination
{
    Platform Platform { get; }

    DestinationLimits Limits { get; }

    /// <summary>The normalizer version under which new members are added. Removals carry the version of their add.</summary>
    NormalizerVersion Normalizer { get; }

    /// <summary>Whether it declares to the platform, of every member that it adds, that they granted consent.</summary>
    bool DeclaresConsent => false;

    /// <summary>Sends one operation for up to <see cref="DestinationLimits.MembersPerCall"/> members of one remote audience.</summary>
    ValueTask<CallResult> SendAsync(MemberCall call, CancellationToken cancellationToken);

    /// <summary>
    /// How the data of each person differs, for the platform, from what was delivered before, in the same order. By default the former data
    /// is removed as a whole. A platform with jobs never returns a change with both removed and shared parts: until the job has ended, the
    /// ledger must be able to resend the whole removal.
    /// </summary>
    IReadOnlyList<IdentifierChange> Compare(IReadOnlyList<DeliveryChange> people) => [.. people.Select(_ => IdentifierChange.Whole)];

    /// <summary>
    /// Adds the data that the platform receives for a member and may also hold for another member (<see cref="SharedCell"/>): a removal of
    /// one member must leave it in place for the other. Email addresses and phone numbers are not included, because each of them belongs to
    /// one person.
    /// </summary>
    void AddShared(in Member member, List<SharedCell> into) { }

    /// <summary>
    /// Polls an accepted job. Platforms that respond with the result at once (Meta) never return a handle and report
    /// <see cref="JobState.Confirmed"/>.
    /// </summary>
    ValueTask<JobReport> PollJobAsync(JobHandle job, CancellationToken cancellationToken);
}

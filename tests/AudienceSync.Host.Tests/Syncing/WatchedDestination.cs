using AudienceSync.Connectors;
using AudienceSync.Domain.Normalizing;

namespace AudienceSync.Host.Tests.Syncing;

/// <summary>A real destination whose calls are recorded, and which can be made to die before a call.</summary>
internal sealed class WatchedDestination(IDestination inner) : IDestination
{
    public List<MemberCall> Calls { get; } = [];

    /// <summary>Whether the process dies instead of making this call.</summary>
    public Func<MemberCall, bool> Dies { get; set; } = _ => false;

    public Platform Platform => inner.Platform;

    public DestinationLimits Limits => inner.Limits;

    public NormalizerVersion Normalizer => inner.Normalizer;

    public IReadOnlyList<IdentifierChange> Compare(IReadOnlyList<DeliveryChange> people) => inner.Compare(people);

    public void AddShared(in Member member, List<SharedCell> into) => inner.AddShared(in member, into);

    public ValueTask<CallResult> SendAsync(MemberCall call, CancellationToken cancellationToken)
    {
        if (Dies(call))
        {
            throw new OperationCanceledException("Died before the call.");
        }

        Calls.Add(call);
        return inner.SendAsync(call, cancellationToken);
    }

    public ValueTask<JobReport> PollJobAsync(JobHandle job, CancellationToken cancellationToken) =>
        inner.PollJobAsync(job, cancellationToken);
}

using AudienceSync.Connectors;
using AudienceSync.Domain.Normalizing;

namespace AudienceSync.Host.Tests.Simulation;

/// <summary>A real connector with small limits, around whose calls things happen.</summary>
internal sealed class SimulatedDestination(IDestination inner, SimulatedNetwork network, DestinationLimits limits) : IDestination
{
    /// <summary>Before a call leaves. May throw, as a process dies.</summary>
    public Func<MemberCall, Task> Leaving { get; set; } = _ => Task.CompletedTask;

    /// <summary>When the answer has come and nothing of it is written. May throw, as a process dies.</summary>
    public Action<MemberCall, CallResult> Answered { get; set; } = (_, _) => { };

    /// <summary>When it is known what became of a job.</summary>
    public Action<JobReport> Followed { get; set; } = _ => { };

    public Platform Platform => inner.Platform;

    public DestinationLimits Limits => limits;

    public NormalizerVersion Normalizer => inner.Normalizer;

    public IReadOnlyList<IdentifierChange> Compare(IReadOnlyList<Resaying> people) => inner.Compare(people);

    public void AddShared(in Member member, List<SharedCell> into) => inner.AddShared(in member, into);

    public async ValueTask<CallResult> SendAsync(MemberCall call, CancellationToken cancellationToken)
    {
        await Leaving(call);
        var result = await network.DriveAsync(inner.SendAsync(call, cancellationToken).AsTask());
        Answered(call, result);
        return result;
    }

    public async ValueTask<JobReport> FollowAsync(JobHandle job, CancellationToken cancellationToken)
    {
        var report = await network.DriveAsync(inner.FollowAsync(job, cancellationToken).AsTask());
        Followed(report);
        return report;
    }
}

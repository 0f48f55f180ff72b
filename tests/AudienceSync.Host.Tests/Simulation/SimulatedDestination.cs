using AudienceSync.Connectors;
using AudienceSync.Domain.Normalizing;

namespace AudienceSync.Host.Tests.Simulation;

/// <summary>A real connector with small limits, and hooks around its calls.</summary>
internal sealed class SimulatedDestination(IDestination inner, SimulatedNetwork network, DestinationLimits limits) : IDestination
{
    /// <summary>Runs before a call leaves. May throw, to simulate the death of the process.</summary>
    public Func<MemberCall, Task> Leaving { get; set; } = _ => Task.CompletedTask;

    /// <summary>Runs when the response has arrived and nothing of it is written. May throw, to simulate the death of the process.</summary>
    public Action<MemberCall, CallResult> Answered { get; set; } = (_, _) => { };

    /// <summary>Runs when the result of a job is known.</summary>
    public Action<JobReport> Followed { get; set; } = _ => { };

    public Platform Platform => inner.Platform;

    public DestinationLimits Limits => limits;

    public NormalizerVersion Normalizer => inner.Normalizer;

    public IReadOnlyList<IdentifierChange> Compare(IReadOnlyList<DeliveryChange> people) => inner.Compare(people);

    public void AddShared(in Member member, List<SharedCell> into) => inner.AddShared(in member, into);

    public async ValueTask<CallResult> SendAsync(MemberCall call, CancellationToken cancellationToken)
    {
        await Leaving(call);
        var result = await network.DriveAsync(inner.SendAsync(call, cancellationToken).AsTask());
        Answered(call, result);
        return result;
    }

    public async ValueTask<JobReport> PollJobAsync(JobHandle job, CancellationToken cancellationToken)
    {
        var report = await network.DriveAsync(inner.PollJobAsync(job, cancellationToken).AsTask());
        Followed(report);
        return report;
    }
}

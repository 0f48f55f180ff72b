using AudienceSync.Connectors;
using AudienceSync.Domain.Normalizing;
using AudienceSync.Domain.Syncing;

namespace AudienceSync.Host.Tests.People;

/// <summary>A remote audience as platforms store it: a set of addresses that calls add to and remove from.</summary>
internal sealed class SetOfAddresses : IDestination
{
    public HashSet<string> Held { get; } = new(StringComparer.Ordinal);

    public Platform Platform => Platform.Meta;

    public DestinationLimits Limits { get; } = new(7, TimeSpan.FromSeconds(30), OrderedCalls: true);

    public NormalizerVersion Normalizer => new(1);

    public ValueTask<CallResult> SendAsync(MemberCall call, CancellationToken cancellationToken)
    {
        var invalid = new List<RefusedMember>();
        foreach (var (index, member) in call.Members.Index())
        {
            var addresses = new[] { member.Identifiers.Email, member.Identifiers.Phone }.OfType<string>().ToList();
            if (addresses.Count == 0)
            {
                invalid.Add(new RefusedMember(index, "no_identifier"));
            }
            else if (call.Operation == MemberOperation.Add)
            {
                Held.UnionWith(addresses);
            }
            else
            {
                Held.ExceptWith(addresses);
            }
        }

        return ValueTask.FromResult(new CallResult(Outcome.Done, invalid, []));
    }

    public ValueTask<JobReport> PollJobAsync(JobHandle job, CancellationToken cancellationToken) => throw new NotSupportedException();
}

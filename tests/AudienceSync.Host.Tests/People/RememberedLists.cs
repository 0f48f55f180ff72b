using AudienceSync.Connectors;
using AudienceSync.Domain.Normalizing;
using AudienceSync.Domain.Syncing;

namespace AudienceSync.Host.Tests.People;

/// <summary>The remote audiences of one ad account, each a set of addresses, and every address that any call ever added.</summary>
internal sealed class RememberedLists(int membersPerCall) : IDestination
{
    private readonly Dictionary<string, HashSet<string>> _held = new(StringComparer.Ordinal);

    /// <summary>The added addresses, in the order of the calls.</summary>
    public List<(string Remote, string Address)> Added { get; } = [];

    public Platform Platform => Platform.Meta;

    public DestinationLimits Limits { get; } = new(membersPerCall, TimeSpan.FromSeconds(30), OrderedCalls: true);

    public NormalizerVersion Normalizer => new(1);

    public HashSet<string> Held(string remote) =>
        _held.TryGetValue(remote, out var held) ? held : _held[remote] = new HashSet<string>(StringComparer.Ordinal);

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
                Held(call.Audience.Value).UnionWith(addresses);
                Added.AddRange(addresses.Select(address => (call.Audience.Value, address)));
            }
            else
            {
                Held(call.Audience.Value).ExceptWith(addresses);
            }
        }

        return ValueTask.FromResult(new CallResult(Outcome.Done, invalid, []));
    }

    public ValueTask<JobReport> PollJobAsync(JobHandle job, CancellationToken cancellationToken) => throw new NotSupportedException();
}

using AudienceSync.Connectors;
using AudienceSync.Domain.Normalizing;
using AudienceSync.Domain.Syncing;

namespace AudienceSync.Host.Tests.Syncing;

/// <summary>
/// A platform with sessions that replace all members, as Meta's: while one is open every other call is refused, and it ends with its last
/// batch or with its time.
/// </summary>
internal sealed class ReplacingPlatform(TimeProvider clock, int membersPerCall) : IDestination, IResyncs
{
    private const string TooLate = "session_timed_out";

    private readonly List<string> _batches = [];
    private (long Id, DateTimeOffset At)? _open;

    public HashSet<string> Held { get; } = new(StringComparer.Ordinal);

    /// <summary>What arrived: <c>Add 3</c>, <c>batch 1 of 3</c>, <c>refused</c>.</summary>
    public List<string> Calls { get; } = [];

    /// <summary>Runs after a batch was accepted.</summary>
    public Func<int, Task> AfterBatch { get; set; } = _ => Task.CompletedTask;

    public Platform Platform => Platform.Meta;

    public DestinationLimits Limits { get; } = new(membersPerCall, TimeSpan.FromSeconds(30), OrderedCalls: true);

    public NormalizerVersion Normalizer => new(1);

    public IReadOnlySet<string> RestartCodes { get; } = new HashSet<string> { TooLate };

    public TimeSpan? SessionLifetime => TimeSpan.FromMinutes(90);

    public ValueTask<CallResult> SendAsync(MemberCall call, CancellationToken cancellationToken)
    {
        var emails = call.Members.Select(member => member.Identifiers.Email!).ToList();
        Calls.Add(_open is null ? $"{call.Operation} {emails.Count}" : "refused");
        if (_open is not null)
        {
            return Answer(new Outcome(OutcomeKind.Retry, "replacing", TimeSpan.FromMinutes(5)));
        }

        if (call.Operation == MemberOperation.Add)
        {
            Held.UnionWith(emails);
        }
        else
        {
            Held.ExceptWith(emails);
        }

        return Answer(Outcome.Done);
    }

    public async ValueTask<CallResult> SendBatchAsync(Resync resync, ResyncBatch batch, CancellationToken cancellationToken)
    {
        Calls.Add($"batch {batch.Number} of {resync.Batches}");
        if (batch.Number == 1)
        {
            _batches.Clear();
            _open = (resync.SessionId, clock.GetUtcNow());
        }

        if (_open is not { } open || open.Id != resync.SessionId || open.At + SessionLifetime < clock.GetUtcNow())
        {
            _open = null;
            return await Answer(new Outcome(OutcomeKind.Retry, TooLate, TimeSpan.FromMinutes(5)));
        }

        _batches.AddRange(batch.Members.Select(member => member.Identifiers.Email!));
        if (batch.Number == resync.Batches)
        {
            Held.Clear();
            Held.UnionWith(_batches);
            _open = null;
        }

        await AfterBatch(batch.Number);
        return await Answer(Outcome.Done);
    }

    public ValueTask<CallResult> EndAsync(Resync resync, CancellationToken cancellationToken) =>
        ValueTask.FromResult(new CallResult(Outcome.Done, [], []));

    public ValueTask<JobReport> PollJobAsync(JobHandle job, CancellationToken cancellationToken) => throw new NotSupportedException();

    private static ValueTask<CallResult> Answer(Outcome outcome) => ValueTask.FromResult(new CallResult(outcome, [], [], HttpStatus: 200));
}

using AudienceSync.Domain;
using AudienceSync.Host.Ingest.Append;
using AudienceSync.Host.Tests.Serving;

namespace AudienceSync.Host.Tests.Ingest;

/// <summary>A queue filled with as many waiting events as its limit allows.</summary>
internal sealed class FullQueue : IAsyncDisposable
{
    private readonly TestHost _host;
    private readonly StalledLog _stalled;
    private readonly Task<Answer>[] _waiting;

    private FullQueue(TestHost host, StalledLog stalled, Task<Answer>[] waiting) => (_host, _stalled, _waiting) = (host, stalled, waiting);

    public static async Task<FullQueue> FillAsync(TestHost host)
    {
        var stalled = await StalledLog.StartAsync(host.Database);
        var waiting = Enumerable
            .Range(0, Limits.QueuedEvents / Limits.EventsPerRequest)
            .Select(_ => Task.Run(() => host.PostAsync(Sample.Events(Limits.EventsPerRequest))))
            .ToArray();
        var commit = host.Server.Workspaces["default"].Get<GroupCommit>();
        await Deadline.UntilAsync(() => commit.QueuedEvents >= Limits.QueuedEvents, () => $"a full queue: {commit.QueuedEvents} events");
        return new FullQueue(host, stalled, waiting);
    }

    /// <summary>Lets the log continue until the queue is empty, and returns the responses to the waiting requests.</summary>
    public async Task<IReadOnlyList<Answer>> DrainAsync()
    {
        await _stalled.DisposeAsync();
        var answers = await Task.WhenAll(_waiting);
        var commit = _host.Server.Workspaces["default"].Get<GroupCommit>();
        await Deadline.UntilAsync(() => commit.QueuedEvents == 0, () => $"an empty queue: {commit.QueuedEvents} events");
        return answers;
    }

    public async ValueTask DisposeAsync() => await DrainAsync();
}

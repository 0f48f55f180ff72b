using AudienceSync.Host.EventStore;
using AudienceSync.Host.Ingest.Append;
using AudienceSync.Host.Tests.Workspaces;
using Microsoft.Extensions.Logging.Abstractions;

namespace AudienceSync.Host.Tests.Ingest.Append;

/// <summary>The running group commit of one host.</summary>
internal sealed class RunningCommit : IAsyncDisposable
{
    private readonly EventLogStore _log;
    private readonly Wake _wake = new(TimeProvider.System);
    private readonly Task _running;
    private readonly CancellationTokenSource _end = new();
    private readonly Task _watching;

    /// <param name="watched">Whether it ends silent holders of the append lock, as a Host does.</param>
    public RunningCommit(TestWorkspace workspace, bool watched = false)
    {
        _log = workspace.OpenLog();
        Commit = new GroupCommit(_log, _wake, TimeProvider.System, NullLogger<GroupCommit>.Instance);
        _running = Task.Run(() => Commit.RunAsync(CancellationToken.None));
        var watch = new StallWatch(Commit, new StalledHolders(workspace.Database), TimeProvider.System, NullLogger<StallWatch>.Instance);
        _watching = watched ? Task.Run(() => watch.RunAsync(_end.Token)) : Task.CompletedTask;
    }

    public GroupCommit Commit { get; }

    public Task<AppendResult> SendEventAsync(params PendingEvent[] events) => SendEventAsync(TestWebhooks.Request(events));

    public async Task<AppendResult> SendEventAsync(PendingRequest request)
    {
        Commit.TryEnqueue(request).ShouldBeTrue();
        await Task.WhenAny(request.Settled, _running);
        request.Settled.IsCompleted.ShouldBeTrue("the group commit ended with a request unsettled");
        return (await request.Settled).Result;
    }

    public async ValueTask DisposeAsync()
    {
        Commit.Close();
        await _running;
        await _end.CancelAsync();
        await _watching;
        _end.Dispose();
        _wake.Dispose();
    }
}

using AudienceSync.Domain.Events;
using AudienceSync.Host.Audiences;
using AudienceSync.Host.EventStore;
using AudienceSync.Host.EventStore.Leases;
using AudienceSync.Host.Projection;
using AudienceSync.Host.Tests.Workspaces;
using Microsoft.Extensions.Logging;

namespace AudienceSync.Host.Tests.Projecting;

/// <summary>Projectors over one workspace, each with its own owner name, and the wait until they reach the end of the log.</summary>
internal sealed class ProjectionStage(TestWorkspace workspace) : IDisposable
{
    private readonly FailureLog _failureLog = new();
    private readonly Wake _moved = new(TimeProvider.System);
    private readonly Wake _projector = new(TimeProvider.System);

    public MembershipStore Table { get; } = new(workspace.Database);

    /// <summary>Runs a projector until canceled.</summary>
    public Task Run(string owner, int pageEvents, CancellationToken cancellationToken)
    {
        var loop = new ProjectionLoop(
            Table,
            new PermissionStore(workspace.Database),
            new InheritStore(workspace.Database),
            new HoldoutStore(workspace.Database),
            new DrainStore(workspace.Database),
            new LeaseStore(workspace.Database, owner),
            workspace.Keys,
            _projector,
            [_moved],
            workspace.Clock,
            _failureLog
        )
        {
            PageEvents = pageEvents,
        };
        return Task.Run(() => loop.RunAsync(cancellationToken), CancellationToken.None);
    }

    /// <summary>
    /// Returns when the projection has passed a position. Checks whenever a projector signals that rows moved, and periodically.
    /// </summary>
    public Task ReachAsync(long position) => UntilAsync(async () => (await PositionAsync()).Value >= position);

    public async Task UntilAsync(Func<Task<bool>> reached)
    {
        for (var polls = 0; !await reached(); polls++)
        {
            polls.ShouldBeLessThan(2_000, $"the projector made no progress: {_failureLog.Last}");
            _projector.Signal();
            await _moved.WaitAsync(TimeSpan.FromMilliseconds(20), default);
        }
    }

    public async Task<long> HeadAsync() => await workspace.AskAsync<long>("select max(seq_id) from mt_events");

    /// <summary>Runs one projector to the end of the log and stops it.</summary>
    public async Task ProjectAsync(int pageEvents = 5_000)
    {
        using var stop = new CancellationTokenSource();
        var running = Run("host", pageEvents, stop.Token);
        await ReachAsync(await HeadAsync());
        await stop.CancelAsync();
        await running;
    }

    /// <summary>Read by a connection that no test breaks: one of the workspace's pool may have been killed a moment ago.</summary>
    public async Task<Position> PositionAsync() =>
        new(await workspace.AskAsync<long>($"select last_seq_id from mt_event_progression where name = '{MembershipStore.Projection}'"));

    public void Dispose()
    {
        _moved.Dispose();
        _projector.Dispose();
    }

    /// <summary>Keeps why the projector retried, so that a test that times out can report it.</summary>
    private sealed class FailureLog : ILogger<ProjectionLoop>
    {
        public Exception? Last { get; private set; }

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(
            LogLevel logLevel,
            Microsoft.Extensions.Logging.EventId eventId,
            TState state,
            Exception? exception,
            Func<TState, Exception?, string> formatter
        ) => Last = exception ?? Last;
    }
}

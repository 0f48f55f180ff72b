namespace AudienceSync.Host.Tests.Simulation;

/// <summary>
/// Carries calls to the sandbox in memory, and moves virtual time on when everybody waits for it. A cancelled call lets go at once, as a socket does, while
/// the platform may go on with it.
/// </summary>
internal sealed class SimulatedNetwork(HttpMessageHandler sandbox, VirtualTime clock, SleepWatch watch) : DelegatingHandler(sandbox)
{
    private readonly List<Task> _atSandbox = [];
    private Task? _inner;
    private Task? _awaited;

    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var inner = base.SendAsync(request, cancellationToken);
        var awaited = inner.WaitAsync(cancellationToken);
        lock (_atSandbox)
        {
            _atSandbox.Add(inner);
            (_inner, _awaited) = (inner, awaited);
        }

        return awaited;
    }

    /// <summary>Waits for a piece of work that calls the sandbox; time moves only while its call sleeps there.</summary>
    public async Task<T> DriveAsync<T>(Task<T> work)
    {
        while (!work.IsCompleted)
        {
            if (Sleeps() && clock.NextDue() is { } due)
            {
                clock.MoveTo(due);
            }

            await Task.Yield();
        }

        return await work;
    }

    /// <summary>Moves on to a time, stopping wherever something of the sandbox is due.</summary>
    public async Task MoveToAsync(DateTimeOffset then)
    {
        while (clock.NextDue() is { } due && due <= then)
        {
            clock.MoveTo(due);
            await SettleAsync();
        }

        clock.MoveTo(then);
        await SettleAsync();
    }

    // What was let go and woke up runs to its end.
    private async Task SettleAsync()
    {
        while (Open() > watch.Asleep)
        {
            await Task.Yield();
        }
    }

    private bool Sleeps()
    {
        lock (_atSandbox)
        {
            return _awaited is { IsCompleted: false } && _inner is { IsCompleted: false } && Open() == watch.Asleep;
        }
    }

    private int Open()
    {
        lock (_atSandbox)
        {
            _atSandbox.RemoveAll(call => call.IsCompleted);
            return _atSandbox.Count;
        }
    }
}

using System.Diagnostics;

namespace AudienceSync.Host.Tests.Simulation;

/// <summary>
/// Passes calls to the sandbox on the caller's own thread, and advances virtual time when everything in progress sleeps. A canceled call is
/// released at once, as with a socket, while the platform continues it.
/// </summary>
internal sealed class SimulatedNetwork(InlineServer sandbox, VirtualTime clock, SleepWatch watch) : HttpMessageHandler
{
    /// <summary>Far longer than any piece of work has taken.</summary>
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(60);

    private readonly List<Task> _served = [];
    private Task? _awaited;

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var body = request.Content is null ? [] : await request.Content.ReadAsByteArrayAsync(cancellationToken);
        var served = sandbox.ServeAsync(request, body);
        lock (_served)
        {
            _served.RemoveAll(call => call.IsCompleted);
            _served.Add(served);
            _awaited = served;
        }

        return await served.WaitAsync(cancellationToken)
            ?? throw new HttpRequestException(HttpRequestError.ResponseEnded, "The sandbox aborted the connection.");
    }

    /// <summary>
    /// Waits for a piece of work that calls the sandbox; time advances only while its call sleeps there, and nothing else is awake.
    /// </summary>
    public async Task<T> DriveAsync<T>(Task<T> work)
    {
        var started = Stopwatch.GetTimestamp();
        while (!work.IsCompleted)
        {
            if (Sleeps() && clock.NextDue() is { } due)
            {
                clock.MoveTo(due);
                continue;
            }

            // Work continues elsewhere, or advancing time does not help.
            await Task.Yield();
            Stopwatch.GetElapsedTime(started).ShouldBeLessThan(Longest, "a call neither ends nor sleeps");
        }

        return await work;
    }

    /// <summary>Advances to a time, stopping wherever something of the sandbox is due.</summary>
    public async Task MoveToAsync(DateTimeOffset then)
    {
        var deadline = Deadline.In();
        while (clock.NextDue() is { } due && due <= then)
        {
            deadline.Check($"the timers due until {then}");
            clock.MoveTo(due);
            await SettleAsync();
        }

        clock.MoveTo(then);
        await SettleAsync();
    }

    // Released calls that woke up run to their end.
    private async Task SettleAsync()
    {
        var deadline = Deadline.In();
        while (Open() > watch.Asleep)
        {
            deadline.Check("every open call has ended or sleeps");
            await Task.Yield();
        }
    }

    private bool Sleeps()
    {
        lock (_served)
        {
            return _awaited is { IsCompleted: false } && Open() == watch.Asleep;
        }
    }

    private int Open()
    {
        lock (_served)
        {
            return _served.Count(call => !call.IsCompleted);
        }
    }
}

using System.Collections.Concurrent;
using AudienceSync.Host.Tests.Serving;

namespace AudienceSync.Host.Tests.Audiences;

/// <summary>A journey that sends a thousand events per second, or as many as the machine handles, until it is stopped.</summary>
internal sealed class CutoverFlow(TestHost host, CutoverStory story, Random random)
{
    private const int EventsPerRequest = 25;
    private const int RequestsAtOnce = 8;

    private static readonly TimeSpan Every = TimeSpan.FromMilliseconds(25);

    private readonly ConcurrentQueue<SentEvent> _next = [];
    private CancellationTokenSource _stop = new();
    private Task _sending = Task.CompletedTask;
    private long _accepted;
    private int _requests;

    /// <summary>How many versions the journey sends events for.</summary>
    public int Versions { get; set; } = 1;

    public long Accepted => Interlocked.Read(ref _accepted);

    /// <summary>How long it has been sending.</summary>
    public TimeSpan Sent { get; private set; }

    public void Begin()
    {
        _stop = new CancellationTokenSource();
        _sending = SendAsync(_stop.Token);
    }

    /// <summary>Sends these among the others, in their order. Returns when the Host has accepted them.</summary>
    public async Task SendEventAsync(IEnumerable<SentEvent> sent)
    {
        foreach (var one in sent)
        {
            _next.Enqueue(one);
        }

        await UntilAsync(() => Task.FromResult(_next.IsEmpty));
        await AcceptMoreAsync(RequestsAtOnce * EventsPerRequest * 2);
    }

    /// <summary>Returns when that many more events were accepted.</summary>
    public Task AcceptMoreAsync(int events)
    {
        var until = Accepted + events;
        return UntilAsync(() => Task.FromResult(Accepted >= until));
    }

    public Task UntilAsync(Func<Task<bool>> reached) =>
        Deadline.UntilAsync(
            async () =>
            {
                if (await reached())
                {
                    return true;
                }

                _sending.IsCompleted.ShouldBeFalse(_sending.Exception?.Message);
                return false;
            },
            () => $"what was to be reached, after {Accepted} events",
            TimeSpan.FromSeconds(90)
        );

    /// <summary>Returns when all requests in flight were answered.</summary>
    public async Task StopAsync()
    {
        await _stop.CancelAsync();
        await _sending;
        _stop.Dispose();
    }

    private async Task SendAsync(CancellationToken stop)
    {
        var began = TimeProvider.System.GetTimestamp();
        var open = new List<Task>();
        for (var batches = 1; !stop.IsCancellationRequested; batches++)
        {
            open.Add(PostAsync(Batch()));
            open.RemoveAll(request => request.IsCompletedSuccessfully);
            while (open.Count >= RequestsAtOnce && !stop.IsCancellationRequested)
            {
                await await Task.WhenAny(open);
                open.RemoveAll(request => request.IsCompletedSuccessfully);
            }

            // A late tick is compensated: the rate applies to the whole time.
            if (TimeProvider.System.GetElapsedTime(began) < batches * Every)
            {
                await RealTime.PassAsync(Every);
            }
        }

        await Task.WhenAll(open);
        Sent += TimeProvider.System.GetElapsedTime(began);
    }

    private SentEvent[] Batch()
    {
        var batch = new SentEvent[EventsPerRequest];
        for (var n = 0; n < batch.Length; n++)
        {
            batch[n] =
                n < EventsPerRequest / 2 && _next.TryDequeue(out var sent)
                    ? sent
                    : CutoverStory.Move(random, Versions, host.Clock.GetUtcNow());
        }

        return batch;
    }

    private async Task PostAsync(SentEvent[] batch)
    {
        var request = Interlocked.Increment(ref _requests);
        var answer = await host.PostAsync($"[{string.Join(',', batch.Select((one, n) => one.Json($"{request}/{n}")))}]");
        answer.Status.ShouldBe(200, answer.Text);
        story.Accept(batch);
        Interlocked.Add(ref _accepted, batch.Length);
    }
}

using AudienceSync.Shop.Simulation;

namespace AudienceSync.Shop.Sending;

/// <param name="Connections">Webhooks in flight at the same time.</param>
/// <param name="DeliveriesPerSecond">Null for as fast as the receiver answers.</param>
internal sealed record Pace(int Connections, double? DeliveriesPerSecond);

/// <summary>Sends the deliveries in order over a number of connections.</summary>
internal sealed class DeliveryRunner(WebhookSender sender, Tally tally, InFlight inFlight, TimeProvider time)
{
    public async Task PlayAsync(IReadOnlyList<Delivery> deliveries, Pace pace, CancellationToken cancel)
    {
        var next = -1;
        var started = time.GetTimestamp();
        await Task.WhenAll(Enumerable.Range(0, pace.Connections).Select(_ => Task.Run(WorkAsync, cancel)));

        async Task WorkAsync()
        {
            for (var i = Interlocked.Increment(ref next); i < deliveries.Count; i = Interlocked.Increment(ref next))
            {
                await WaitForTurnAsync(i);
                using (inFlight.Enter(deliveries[i].Events.Select(item => item.Customer)))
                {
                    tally.Record(deliveries[i], await sender.SendAsync(deliveries[i], cancel));
                }
            }
        }

        async Task WaitForTurnAsync(int index)
        {
            if (pace.DeliveriesPerSecond is { } rate)
            {
                var wait = TimeSpan.FromSeconds(index / rate) - time.GetElapsedTime(started);
                if (wait > TimeSpan.Zero)
                {
                    await Task.Delay(wait, time, cancel);
                }
            }
        }
    }
}

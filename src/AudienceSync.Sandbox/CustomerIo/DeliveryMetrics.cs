namespace AudienceSync.Sandbox.CustomerIo;

/// <summary>A metric of a delivery, and how often a request brought it.</summary>
internal sealed record DeliveryMetric(string Metric, long Timestamp, string? Reason, int Deliveries);

/// <summary>The metrics that were reported by delivery id, which needs no authentication (contract customerio 6.1.1).</summary>
internal sealed class DeliveryMetrics
{
    private readonly Lock gate = new();
    private readonly SortedDictionary<string, List<DeliveryMetric>> byDelivery = new(StringComparer.Ordinal);
    private long invalid;

    public void Add(string deliveryId, string metric, long timestamp, string? reason)
    {
        lock (gate)
        {
            if (!byDelivery.TryGetValue(deliveryId, out var held))
            {
                byDelivery[deliveryId] = held = [];
            }

            var at = held.FindIndex(other => (other.Metric, other.Timestamp, other.Reason) == (metric, timestamp, reason));
            if (at < 0)
            {
                held.Add(new DeliveryMetric(metric, timestamp, reason, 1));
            }
            else
            {
                held[at] = held[at] with { Deliveries = held[at].Deliveries + 1 };
            }
        }
    }

    /// <summary>Counts a body that is not a metric; it is answered with success like every other.</summary>
    public void AddInvalid()
    {
        lock (gate)
        {
            invalid++;
        }
    }

    public object View()
    {
        lock (gate)
        {
            return new
            {
                invalid,
                deliveries = byDelivery.Select(entry => new { delivery_id = entry.Key, metrics = entry.Value.ToArray() }).ToList(),
            };
        }
    }

    public void Clear()
    {
        lock (gate)
        {
            byDelivery.Clear();
            invalid = 0;
        }
    }
}

using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Text.Json;
using AudienceSync.Domain.Syncing;
using AudienceSync.Host.Sync.Runs;

namespace AudienceSync.Host.Sync;

/// <summary>Counts the calls of one destination, and measures how long its removals took.</summary>
public sealed class DestinationMetrics(
    string workspace,
    string destination,
    Counter<long> calls,
    Counter<long> deliveries,
    Histogram<double> callDuration,
    Histogram<double> removalLatency
)
{
    private static readonly Dictionary<OutcomeKind, string> Outcomes = Enum.GetValues<OutcomeKind>()
        .ToDictionary(kind => kind, kind => JsonNamingPolicy.SnakeCaseLower.ConvertName(kind.ToString()));

    private static readonly Dictionary<DeliveryKind, string> Kinds = Enum.GetValues<DeliveryKind>()
        .ToDictionary(kind => kind, kind => JsonNamingPolicy.SnakeCaseLower.ConvertName(kind.ToString()));

    /// <summary>A call was answered, or had no answer in time.</summary>
    public void Count(CallRecord call)
    {
        var tags = Tags();
        tags.Add("operation", call.Operation == MemberOperation.Add ? "add" : "remove");
        callDuration.Record(call.LatencyMs / 1000.0, tags);
        tags.Add("outcome", Outcomes[call.Outcome]);
        calls.Add(1, tags);
    }

    /// <summary>The results of a call's members. Of a reason only the kind: codes are in the log of deliveries.</summary>
    public void Count(DeliveryRow row)
    {
        foreach (var (result, members) in row.Counts())
        {
            var tags = Tags();
            tags.Add("kind", Kinds[row.Kind]);
            tags.Add("result", result.Split(':')[0]);
            deliveries.Add(members, tags);
        }
    }

    /// <summary>The platform confirmed the removal of a member.</summary>
    /// <param name="latency">Since the removal.</param>
    public void Removed(TimeSpan latency) => removalLatency.Record(Math.Max(0, latency.TotalSeconds), Tags());

    private TagList Tags() => new() { { "workspace", workspace }, { "destination", destination } };
}

using AudienceSync.Host.EventStore;
using AudienceSync.Host.Exposures;
using AudienceSync.Host.Feedback;
using AudienceSync.Host.Outcomes;
using AudienceSync.Host.Projection;
using AudienceSync.Host.Sync.Accounts;
using AudienceSync.Host.Workspaces.Status;

namespace AudienceSync.Host.Workspaces.Metrics;

/// <summary>
/// Reads the gauges of a workspace at intervals. They count whole audiences, so the larger these are, the longer the intervals: no more
/// than a hundredth of the time is spent on it.
/// </summary>
public sealed class GaugeLoop(
    string workspace,
    string owner,
    MetricQueries queries,
    AccountForecasts accounts,
    DaemonQueries daemon,
    DaemonHealth health,
    SyncGauges gauges,
    TimeProvider clock,
    ILogger<GaugeLoop> logger
)
{
    private const int LatencyWindow_h = 1;
    private const int Rest = 100;

    private static readonly TimeSpan Every = TimeSpan.FromSeconds(15);

    /// <summary>Reads how far feedback is behind; null for none.</summary>
    internal FeedbackQueries? Feedback { get; init; }

    /// <summary>Reads how far the exposure log is behind; null for none.</summary>
    internal ExposureLagQueries? Exposures { get; init; }

    /// <summary>Reads the present values.</summary>
    public async Task RefreshAsync(CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        var owned = await queries.OwnedAsync(owner, cancellationToken);
        var destinations = owned
            .Where(name => name.StartsWith(AccountLoop.LeasePrefix, StringComparison.Ordinal))
            .Select(name => name[AccountLoop.LeasePrefix.Length..])
            .ToList();
        var values = new List<GaugeValue>();
        if (owned.Contains(ProjectionLoop.LeaseName))
        {
            var quarantine = await queries.QuarantineAsync(cancellationToken);
            values.Add(new GaugeValue(SyncGauges.Quarantine, quarantine.Waiting, ("state", "waiting")));
            values.Add(new GaugeValue(SyncGauges.Quarantine, quarantine.Refused, ("state", "refused")));
        }

        if (Feedback is not null && owned.Contains(FeedbackLoop.LeaseName))
        {
            values.AddRange(await LagsAsync(Feedback, cancellationToken));
        }

        if (Exposures is not null && owned.Contains(ExposureProjector.LeaseName))
        {
            var lags = await Exposures.ReadAsync(cancellationToken);
            values.AddRange(lags.Select(stream => new GaugeValue(SyncGauges.ExposureLag, stream.Lag, ("stream", stream.Stream))));
        }

        if (owned.Contains(DaemonHealth.LeaseName))
        {
            foreach (var progress in await daemon.ReadAsync(cancellationToken))
            {
                values.Add(new GaugeValue(SyncGauges.DaemonLag, progress.Lag, ("projection", progress.Name)));
            }

            values.Add(new GaugeValue(SyncGauges.DaemonPaused, health.IsPaused ? 1 : 0));
        }

        if (destinations.Count > 0)
        {
            await AddAccountsAsync(values, destinations, now, cancellationToken);
        }

        gauges.Set(workspace, values);
    }

    public Task RunAsync(CancellationToken cancellationToken) =>
        new RetryLoop("Metrics", clock, logger).RunAsync(RefreshAndRestAsync, cancellationToken);

    private async Task<TimeSpan> RefreshAndRestAsync(CancellationToken cancellationToken)
    {
        var started = clock.GetTimestamp();
        await RefreshAsync(cancellationToken);
        var rest = clock.GetElapsedTime(started) * Rest;
        return rest > Every ? rest : Every;
    }

    private static async Task<IEnumerable<GaugeValue>> LagsAsync(FeedbackQueries feedback, CancellationToken cancellationToken) =>
        from source in await feedback.LagsAsync(cancellationToken)
        from stream in source
        select new GaugeValue(SyncGauges.FeedbackLag, stream.Lag, ("source", source.Key), ("stream", stream.Stream));

    private async Task AddAccountsAsync(
        List<GaugeValue> values,
        List<string> destinations,
        DateTimeOffset now,
        CancellationToken cancellationToken
    )
    {
        foreach (
            var latency in (await queries.LatenciesAsync([LatencyWindow_h], now, cancellationToken)).Where(latency =>
                destinations.Contains(latency.Destination)
            )
        )
        {
            values.Add(new GaugeValue(SyncGauges.LatencyP50, latency.P50S, ("destination", latency.Destination)));
            values.Add(new GaugeValue(SyncGauges.LatencyP99, latency.P99S, ("destination", latency.Destination)));
        }

        foreach (
            var account in (await accounts.ReadAsync([], now, cancellationToken)).Where(account =>
                destinations.Contains(account.Destination)
            )
        )
        {
            foreach (var window in account.Budget)
            {
                (string, string)[] labels = [("destination", account.Destination), ("window", window.Name)];
                values.Add(new GaugeValue(SyncGauges.BudgetUsed, window.Used, labels));
                values.Add(new GaugeValue(SyncGauges.BudgetLeft, Math.Max(0, window.Calls - window.Used), labels));
            }
        }

        foreach (var binding in await queries.BindingsAsync(destinations, now, cancellationToken))
        {
            Add(values, binding);
        }
    }

    private static void Add(List<GaugeValue> values, BindingGauge binding)
    {
        (string, string)[] labels = [("destination", binding.Destination), ("audience_key", binding.Key), ("remote", binding.Remote)];
        values.Add(new GaugeValue(SyncGauges.StaleMinutes, binding.StaleMinutes, labels));
        values.Add(new GaugeValue(SyncGauges.Drift, binding.Drift, labels));
        foreach (
            var (state, members) in new[]
            {
                ("desired", binding.Desired),
                ("delivered", binding.Delivered),
                ("in_doubt", binding.InDoubt),
                ("refused", binding.Refused),
            }
        )
        {
            values.Add(new GaugeValue(SyncGauges.Members, members, [.. labels, ("state", state)]));
        }
    }
}

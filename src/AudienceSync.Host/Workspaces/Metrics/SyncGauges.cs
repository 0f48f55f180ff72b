using System.Diagnostics.Metrics;

namespace AudienceSync.Host.Workspaces.Metrics;

/// <summary>One value of a gauge.</summary>
/// <param name="Name">One of <see cref="SyncGauges"/>.</param>
/// <param name="Value">The value.</param>
/// <param name="Labels">Its labels, besides the workspace.</param>
public readonly record struct GaugeValue(string Name, double Value, params (string Name, string Value)[] Labels);

/// <summary>
/// Values that are read from the database at intervals: a scrape only prints the latest. A Host has those of the accounts that it works
/// for, and those of the projector if it folds; so each value is printed by one Host.
/// </summary>
public sealed class SyncGauges
{
    public const string LatencyP50 = "audiencesync_removal_latency_p50_seconds";
    public const string LatencyP99 = "audiencesync_removal_latency_p99_seconds";
    public const string StaleMinutes = "audiencesync_stale_exposure_minutes";
    public const string Members = "audiencesync_members";
    public const string Drift = "audiencesync_drift_members";
    public const string BudgetUsed = "audiencesync_budget_used";
    public const string BudgetLeft = "audiencesync_budget_left";
    public const string FeedbackLag = "audiencesync_feedback_lag";
    public const string ExposureLag = "audiencesync_exposure_lag";
    public const string Quarantine = "audiencesync_quarantine_open";

    public const string DaemonLag = "audiencesync_engagement_lag_events";
    public const string DaemonPaused = "audiencesync_engagement_paused";

    private static readonly (string Name, string Description)[] All =
    [
        (
            LatencyP50,
            "Half of the removals of the last hour took at most so long, from the webhook's acceptance to the platform's acknowledgement."
        ),
        (LatencyP99, "99 of 100 removals of the last hour took at most so long."),
        (StaleMinutes, "Minutes since their removal, over all members whom the platform may still have."),
        (Members, "Members of a remote audience: desired, delivered, in doubt, refused."),
        (Drift, "Desired and not delivered members, without the refused ones."),
        (BudgetUsed, "Calls of an account's window that are used."),
        (BudgetLeft, "Calls of an account's window that are left."),
        (FeedbackLag, "What was not reported to a sender yet, by stream: deliveries, positions of the log, steps."),
        (ExposureLag, "Events and calls that are not in the exposure log yet, by stream, at the Host that writes it."),
        (Quarantine, "Open entries of the quarantine."),
        (DaemonLag, "Events behind a projection of the daemon, at the Host that runs it."),
        (DaemonPaused, "1 while a projection of the daemon is paused because it failed, at the Host that runs it."),
    ];

    private readonly Lock _lock = new();
    private readonly Dictionary<string, IReadOnlyList<GaugeValue>> _latest = new(StringComparer.Ordinal);

    public SyncGauges(Meter meter)
    {
        ArgumentNullException.ThrowIfNull(meter);
        foreach (var (name, description) in All)
        {
            meter.CreateObservableGauge(name, () => Observe(name), description: description);
        }
    }

    /// <summary>Replaces all values of a workspace.</summary>
    public void Set(string workspace, IReadOnlyList<GaugeValue> values)
    {
        lock (_lock)
        {
            _latest[workspace] = values;
        }
    }

    private List<Measurement<double>> Observe(string name)
    {
        lock (_lock)
        {
            return
            [
                .. _latest.SelectMany(workspace =>
                    workspace
                        .Value.Where(value => value.Name == name)
                        .Select(value => new Measurement<double>(
                            value.Value,
                            [
                                new("workspace", workspace.Key),
                                .. value.Labels.Select(label => new KeyValuePair<string, object?>(label.Name, label.Value)),
                            ]
                        ))
                ),
            ];
        }
    }
}

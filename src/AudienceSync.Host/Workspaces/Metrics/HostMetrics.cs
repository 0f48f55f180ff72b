using System.Diagnostics.Metrics;
using AudienceSync.Host.Decisions;
using AudienceSync.Host.Feedback;
using AudienceSync.Host.Sync;
using AudienceSync.Host.Telemetry;

namespace AudienceSync.Host.Workspaces.Metrics;

/// <summary>
/// Metrics of what follows the append: the projector and the calls to platforms. Labels are names of the configuration and codes only, so
/// that no label is about a person and their number is bounded. docs/operating.md lists them; a test compares.
/// </summary>
public sealed class HostMetrics : IDisposable
{
    public const string MeterName = "AudienceSync";

    private static readonly InstrumentAdvice<double> CallSeconds = new()
    {
        HistogramBucketBoundaries = [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300],
    };

    // From a call at once to a platform that was away for a day.
    private static readonly InstrumentAdvice<double> RemovalSeconds = new()
    {
        HistogramBucketBoundaries = [0.5, 1, 2, 5, 10, 30, 60, 300, 900, 3_600, 21_600, 86_400],
    };

    private readonly Meter _meter = new(MeterName);
    private readonly Lock _lock = new();
    private readonly List<(string Workspace, LogProgress Progress)> _logs = [];
    private readonly Counter<long> _calls;
    private readonly Histogram<double> _callDuration;
    private readonly Histogram<double> _removalLatency;
    private readonly Counter<long> _deliveries;
    private readonly Counter<long> _decisions;
    private readonly Counter<long> _lostDecisions;
    private readonly Histogram<double> _decisionDuration;

    // Around the 20 ms that 99 of 100 decisions must not exceed, and the time-out.
    private static readonly InstrumentAdvice<double> DecisionSeconds = new()
    {
        HistogramBucketBoundaries = [0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 2, 3],
    };
    private readonly Counter<long> _feedback;

    public HostMetrics()
    {
        AddGauge("audiencesync_log_head", progress => progress.Head, "The last event that this Host has appended or read.");
        AddGauge("audiencesync_projector_position", progress => progress.Folded, "The last event folded, at the Host that folds.");
        AddGauge("audiencesync_projector_lag_events", progress => progress.Lag, "Events behind the projector, at the Host that folds.");
        _calls = _meter.CreateCounter<long>("audiencesync_platform_calls", description: "Calls that add or remove members, by outcome.");
        _deliveries = _meter.CreateCounter<long>("audiencesync_deliveries", description: "Members in these calls, by result.");
        _feedback = _meter.CreateCounter<long>("audiencesync_feedback_items", description: "Items of feedback to senders, by result.");
        _callDuration = AddHistogram("audiencesync_platform_call_duration", "How long these calls took.", CallSeconds);
        _removalLatency = AddHistogram(
            "audiencesync_removal_latency",
            "From a member's removal, or the end of its window, to the platform's answer.",
            RemovalSeconds
        );
        _decisions = _meter.CreateCounter<long>("audiencesync_decisions", description: "Questions about people, by source and outcome.");
        _lostDecisions = _meter.CreateCounter<long>(
            "audiencesync_decisions_not_logged",
            description: "Decisions that were answered and are not in the log of decisions, because storage did not take them in time."
        );
        _decisionDuration = AddHistogram("audiencesync_decision_duration", "How long these questions took.", DecisionSeconds);
        Gauges = new SyncGauges(_meter);
    }

    /// <summary>Values read from the database at intervals.</summary>
    public SyncGauges Gauges { get; }

    /// <summary>The progress of a workspace, to be kept up to date by its loops.</summary>
    public LogProgress AddLog(string workspace)
    {
        var progress = new LogProgress();
        lock (_lock)
        {
            _logs.Add((workspace, progress));
        }

        return progress;
    }

    /// <summary>The metrics of one destination.</summary>
    public DestinationMetrics Of(string workspace, string destination) =>
        new(workspace, destination, _calls, _deliveries, _callDuration, _removalLatency);

    /// <summary>The metrics of a workspace's decisions.</summary>
    public DecisionMetrics DecisionsOf(string workspace) => new(workspace, _decisions, _lostDecisions, _decisionDuration);

    /// <summary>The metrics of a workspace's feedback.</summary>
    public FeedbackMetrics FeedbackOf(string workspace) => new(workspace, _feedback);

    public void Dispose() => _meter.Dispose();

    private void AddGauge(string name, Func<LogProgress, long?> read, string description) =>
        _meter.CreateObservableGauge(name, () => Observe(read), description: description);

    private Histogram<double> AddHistogram(string name, string description, InstrumentAdvice<double> buckets) =>
        _meter.CreateHistogram(name, "s", description, tags: null, buckets);

    private List<Measurement<long>> Observe(Func<LogProgress, long?> read)
    {
        var values = new List<Measurement<long>>();
        lock (_lock)
        {
            foreach (var (workspace, progress) in _logs)
            {
                if (read(progress) is { } value)
                {
                    values.Add(new Measurement<long>(value, new KeyValuePair<string, object?>("workspace", workspace)));
                }
            }
        }

        return values;
    }
}

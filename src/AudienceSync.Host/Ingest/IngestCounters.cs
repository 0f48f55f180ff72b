using System.Diagnostics.Metrics;
using AudienceSync.Host.Ingest.Append;

namespace AudienceSync.Host.Ingest;

/// <summary>Metrics of webhooks. docs/operating.md lists them; a test compares. Labels are codes only.</summary>
public sealed class IngestCounters : IDisposable
{
    public const string MeterName = "AudienceSync.Ingest";

    private readonly Meter _meter = new(MeterName);
    private readonly Counter<long> _events;
    private readonly Counter<long> _refused;
    private readonly Counter<long> _warnings;
    private readonly Counter<long> _ignored;
    private readonly Counter<long> _quarantined;
    private readonly Histogram<double> _latency;

    public IngestCounters()
    {
        _events = _meter.CreateCounter<long>("audiencesync_ingest_events", description: "Events by outcome.");
        _refused = _meter.CreateCounter<long>(
            "audiencesync_ingest_refused",
            description: "Refused requests, and refused events of arrays or of erased people, by code."
        );
        _warnings = _meter.CreateCounter<long>("audiencesync_ingest_warnings", description: "Fields left out of accepted events, by code.");
        _ignored = _meter.CreateCounter<long>(
            "audiencesync_ingest_ignored_parameters",
            description: "Query parameters of webhooks, all of which are ignored."
        );
        _quarantined = _meter.CreateCounter<long>("audiencesync_quarantine_entries", description: "Events quarantined, by reason.");
        _latency = _meter.CreateHistogram<double>("audiencesync_ingest_latency", "ms", "From the arrival of the request to its response.");
    }

    /// <summary>Of this Host: another Host in the process has one with the same name.</summary>
    internal Meter Meter => _meter;

    public void Refused(IngestProblem problem) => _refused.Add(1, new KeyValuePair<string, object?>("code", problem.Code));

    /// <summary>Counts query parameters; a webhook has none.</summary>
    public void Ignored(int parameters) => _ignored.Add(parameters);

    public void Kept(Receipt[] receipts)
    {
        foreach (var receipt in receipts)
        {
            if (receipt is { Status: Receipt.Refused, Code: { } code })
            {
                _refused.Add(1, new KeyValuePair<string, object?>("code", code));
            }

            if (receipt is { Status: Receipt.Quarantined, Code: { } reason })
            {
                _quarantined.Add(1, new KeyValuePair<string, object?>("code", reason));
            }

            foreach (var warning in receipt.Warnings ?? [])
            {
                _warnings.Add(1, new KeyValuePair<string, object?>("code", warning.Code));
            }

            _events.Add(1, new KeyValuePair<string, object?>("status", receipt.Duplicate ? "duplicate" : receipt.Status));
        }
    }

    public void RecordLatency(TimeSpan time) => _latency.Record(time.TotalMilliseconds);

    public void Dispose() => _meter.Dispose();
}

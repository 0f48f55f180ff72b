using System.Globalization;
using AudienceSync.Bench.Reporting;

namespace AudienceSync.Bench.Import;

/// <summary>The figures of an import, each with what must hold for it: shares of what was measured in the same run.</summary>
internal static class ImportReport
{
    private const double CopyShare = 0.2;
    private const double IngestMultiple = 2.5;
    private const double RssGoalMb = 400;

    // Not slower than batches by a load generator; the rest is the start of the process, and noise.
    private const double FileShare = 0.9;

    public static BenchReport Of(ImportResult run, ImportOptions options) =>
        new(
            "import",
            [
                new(
                    "events_per_s",
                    Math.Round(run.Import.PerSecond),
                    "1/s",
                    Math.Round(CopyShare * run.Copy.PerSecond),
                    Math.Round(run.Copy.PerSecond)
                ),
                new(
                    "file_events_per_s",
                    Math.Round(run.File.PerSecond),
                    "1/s",
                    Math.Round(FileShare * run.Import.PerSecond),
                    Math.Round(run.Import.PerSecond)
                ),
                new("times_ingest", Math.Round(run.Import.PerSecond / run.Ingest.PerSecond, 2), "x", IngestMultiple),
                new("lost", Math.Max(0, run.Import.Accepted - run.Logged), "events", 0, IsCeiling: true),
                new("host_rss_mb", Math.Round(run.PeakRssMb), "MB", RssGoalMb, IsCeiling: true),
                new("copy_events_per_s", Math.Round(run.Copy.PerSecond), "1/s"),
                new("ingest_per_s", Math.Round(run.Ingest.PerSecond), "1/s"),
                new("batch_p99_ms", run.Import.P99Ms, "ms"),
                new("bytes_per_event", Math.Round(run.Size.PerEvent), "bytes"),
                new("ready_ms", Math.Round(run.ReadyMs), "ms"),
            ],
            [
                ("connections, events a request", Text($"{options.Connections}, {options.EventsPerRequest}")),
                ("answers to batches", string.Join(", ", run.Import.Statuses.Select(status => Text($"{status.Value:N0} x {status.Key}")))),
                ("accepted / in the log", Text($"{run.Import.Accepted:N0} / {run.Logged:N0}")),
                ("mean event", Text($"{run.Import.BodyBytes / Math.Max(1, run.Import.Accepted):N0} bytes")),
                ("by events import", Text($"{run.File.Accepted:N0} events in {run.File.Seconds:N2} s")),
                ("copied", Text($"{run.Copy.Events:N0} events in {run.Copy.Seconds:N2} s")),
                ("bytes of an event", run.Size.ToString()),
                ("drained after the load", run.Drain is { SyncS: null } ? "not quiet after 120 s" : Text($"{run.Drain.SyncS:N1} s")),
            ]
        );

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}

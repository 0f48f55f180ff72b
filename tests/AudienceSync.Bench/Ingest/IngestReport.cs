using System.Globalization;
using AudienceSync.Bench.Reporting;

namespace AudienceSync.Bench.Ingest;

/// <summary>
/// The figures, each with what must hold for it (shares of what was measured in the same run), and for readers where the time went.
/// </summary>
internal static class IngestReport
{
    // Of pgbench. With few connections, senders who wait for their responses fill a commit with only 30 webhooks.
    private const double PgBenchShare = 0.36;
    private const double PgBenchShareOfMany = 0.6;
    private const int ManyConnections = 400;
    private const double StockMultiple = 2.2;
    private const double P99GoalMs = 100;
    private const double RssGoalMb = 400;

    public static BenchReport Of(int connections, IngestResult run) =>
        new("ingest", [.. Figures(connections >= ManyConnections, run)], [.. Notes(run).Concat(Costs(run))]);

    private static IEnumerable<Figure> Figures(bool isMany, IngestResult run)
    {
        yield return new(
            "webhooks_per_s",
            Round(run.Load.PerSecond),
            "1/s",
            Round((isMany ? PgBenchShareOfMany : PgBenchShare) * run.PgBenchPerSecond),
            Round(run.PgBenchPerSecond)
        );
        yield return new("times_stock", Ratio(run.Load.PerSecond, run.Stock?.PerSecond), "x", StockMultiple);
        yield return new("p99_ms", run.Load.P99Ms, "ms", isMany ? null : P99GoalMs, IsCeiling: true);
        yield return new("lost", run.Lost, "events", 0, IsCeiling: true);
        yield return new("host_rss_mb", Round(run.PeakRssMb), "MB", RssGoalMb, IsCeiling: true);
        yield return new("pgbench_inserts_per_s", Round(run.PgBenchPerSecond), "1/s");
        yield return new("signature_only_per_s", Round(run.SignaturePerSecond), "1/s");
        yield return new("stock_per_s", Round(run.Stock?.PerSecond), "1/s");
        yield return new("stock_p99_ms", run.Stock?.P99Ms, "ms");
        yield return new("bytes_per_event", Round(run.Size?.PerEvent), "bytes");
        yield return new("ready_ms", Round(run.ReadyMs), "ms");
        yield return new("p50_ms", run.Load.P50Ms, "ms");
        yield return new("p999_ms", run.Load.P999Ms, "ms");
        yield return new("max_ms", run.Load.MaxMs, "ms");
        yield return new("projector_drain_s", Round(run.Drain?.ProjectorS), "s");
        yield return new("sync_drain_s", Round(run.Drain?.SyncS), "s");
    }

    private static IEnumerable<(string What, string Text)> Notes(IngestResult run)
    {
        yield return ("seed", Text($"{run.Seed}"));
        yield return ("answers", string.Join(", ", run.Load.Statuses.Select(s => Text($"{s.Value:N0} x {s.Key}"))));
        yield return ("accepted / in the log", Text($"{run.Load.Accepted:N0} / {run.Logged:N0}"));
        yield return (
            "new people",
            run.NewPeople is { } made ? Text($"{made:P0} of the measured webhooks are about a new person") : "unknown"
        );
        yield return ("unanswered, lost connections", Text($"{run.Load.Unanswered:N0}, {run.Load.Drops:N0}"));
        yield return ("mean body", Text($"{run.Load.BodyBytes / Math.Max(1, run.Load.Accepted):N0} bytes"));
        yield return ("Host memory, maximum sampled in the load", Text($"{run.SampledRssMb:N0} MB"));
        yield return ("drained after the load", run.Drain is { SyncS: null } ? "not quiet after 120 s" : Text($"{run.Drain?.SyncS:N1} s"));
        yield return (
            "pgbench inserts/s",
            run.PgBench is [null, ..]
                ? "pgbench is not installed"
                : string.Join(" before, ", run.PgBench.Select(p => Text($"{p:N0}"))) + " after"
        );
        yield return ("bytes of an event", run.Size?.ToString() ?? "not measured");
        yield return (
            "stock endpoint",
            run.Stock is { } stock
                ? Text($"{stock.ServerMicros:N1} us of processor time per webhook, {stock.RssMb:N0} MB, {stock.Pool} connections")
                : "not measured"
        );
        foreach ((int i, SignatureOnly.SignatureFigures s) in run.Signature.Index())
        {
            yield return (
                i == 0 ? "signature only, before" : "signature only, after",
                Text($"{s.PerSecond:N0}/s; server {s.ServerMicros:N1} us, generator {s.GeneratorMicros:N1} us per request")
            );
        }
    }

    private static IEnumerable<(string What, string Text)> Costs(IngestResult run)
    {
        double webhooks = Math.Max(1, run.Load.Measured2xx);
        (string Part, double? Seconds)[] parts =
        [
            ("Host", run.Cpu?.Host),
            ("PostgreSQL", run.Cpu?.Postgres),
            ("Sandbox", run.Cpu?.Sandbox),
            ("load generator", run.Load.CpuMicros / 1e6),
        ];
        return parts
            .Where(p => p.Seconds is not null)
            .Select(p =>
                (
                    $"processor time, {p.Part}",
                    Text($"{p.Seconds * 1e6 / webhooks:N1} us per webhook ({p.Seconds / run.Load.MeasuredSeconds:P0} of a core)")
                )
            );
    }

    private static double? Ratio(double value, double? other) => other is > 0 and { } given ? Math.Round(value / given, 2) : null;

    private static double? Round(double? value) => value is { } v ? Math.Round(v, 1) : null;

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}

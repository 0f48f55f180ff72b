using System.Globalization;
using AudienceSync.Bench.Ingest;
using AudienceSync.Bench.Reporting;

namespace AudienceSync.Bench.Sync;

/// <summary>Everything measured in one run.</summary>
/// <param name="Seconds">From the members' commit until every lane had passed them.</param>
/// <param name="ConfirmedSeconds">Until the last request was confirmed, too.</param>
/// <param name="Calls">Calls with adds, by platform.</param>
/// <param name="Delivered">Rows with the status delivered and confirmed in the ledger.</param>
/// <param name="LoadAverage">Load average of the machine at the start.</param>
internal sealed record SyncResult(
    SyncOptions Options,
    double Seconds,
    double ConfirmedSeconds,
    IReadOnlyList<long> Calls,
    long Digests,
    long Bytes,
    long Delivered,
    CpuSeconds Cpu,
    string LoadAverage
)
{
    public double BarePerSecond { get; init; }

    public RemovalResult? Removals { get; init; }

    public double PeakRssMb { get; init; }

    public long Operations => (long)Options.Members * Calls.Count;

    /// <summary>For the platform with the most calls.</summary>
    public long CallsOverMinimum => Calls.Max() - ((Options.Members + PlatformServer.MembersPerCall - 1) / PlatformServer.MembersPerCall);
}

/// <summary>The figures of design section 11 and, for readers, where the time went.</summary>
internal static class SyncReport
{
    private const double MembersGoal = 50_000;
    private const double CallsGoal = 1;
    private const double RemovalGoalMs = 5_000;
    private const double RssGoalMb = 400;

    public static BenchReport Of(SyncResult run) => new("sync", [.. Figures(run)], [.. Notes(run)]);

    private static IEnumerable<Figure> Figures(SyncResult run)
    {
        RemovalResult removals = run.Removals!;
        yield return new("members_per_s", Math.Round(run.Operations / run.Seconds), "1/s", MembersGoal, Math.Round(run.BarePerSecond));
        yield return new("calls_over_minimum", run.CallsOverMinimum, "calls", CallsGoal, IsCeiling: true);
        yield return new("removal_p99_ms", Ms(removals, 0.99), "ms", RemovalGoalMs, run.Options.AnswerMs, IsCeiling: true);
        yield return new("host_rss_mb", Math.Round(run.PeakRssMb, 1), "MB", RssGoalMb, IsCeiling: true);
        yield return new("undelivered", run.Operations - run.Delivered, "members", 0, IsCeiling: true);
        yield return new("removals_missing", removals.Missing, "removals", 0, IsCeiling: true);
        yield return new("removal_p50_ms", Ms(removals, 0.5), "ms");
        yield return new("removal_max_ms", Ms(removals, 1), "ms");
        yield return new("bare_members_per_s", Math.Round(run.BarePerSecond), "1/s");
    }

    private static double? Ms(RemovalResult removals, double share) =>
        removals.Latencies.Count == 0 ? null : removals.Latencies.PercentileMicros(share) / 1000.0;

    private static IEnumerable<(string What, string Text)> Notes(SyncResult run)
    {
        yield return ("load average at the start", run.LoadAverage);
        yield return ("members", "loaded into the Host's tables by COPY, sealed by its vault; no webhooks");
        yield return (
            "members x platforms",
            Text($"{run.Options.Members:N0} x {run.Calls.Count} in {run.Seconds:N1} s, confirmed after {run.ConfirmedSeconds:N1} s")
        );
        yield return ("calls, by platform", string.Join(", ", run.Calls));
        yield return ("sent", Text($"{run.Digests:N0} digests, {run.Bytes / 1e6:N0} MB"));
        yield return ("processor time, Host", Cost(run, run.Cpu.Host));
        yield return ("processor time, PostgreSQL", Cost(run, run.Cpu.Postgres));
        yield return ("processor time, platforms", Cost(run, run.Cpu.Sandbox));
        yield return (
            "webhooks during removals",
            Text(
                $"{run.Removals!.PerSecond:N0}/s, {run.Removals.Refused} refused, {run.Removals.Latencies.Count:N0} removals at a platform"
            )
        );
    }

    private static string Cost(SyncResult run, double seconds) =>
        Text($"{seconds * 1e6 / run.Operations:N1} us per member operation ({seconds / run.Seconds:P0} of a core)");

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}

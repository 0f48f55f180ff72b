using AudienceSync.Bench.Load;
using AudienceSync.Bench.Postgres;
using AudienceSync.Bench.SignatureOnly;
using AudienceSync.Bench.Stock;

namespace AudienceSync.Bench.Ingest;

/// <summary>
/// Everything measured in one run. Null parts were not measured: pgbench is missing, or the Host was not started by the bench.
/// </summary>
/// <param name="Logged">Audience events in the log at the end.</param>
internal sealed record IngestResult(
    LoadOutcome Load,
    int Seed,
    long? Logged,
    double? PeakRssMb,
    double? SampledRssMb,
    CpuSeconds? Cpu,
    Drain? Drain,
    IReadOnlyList<double?> PgBench,
    IReadOnlyList<SignatureFigures> Signature
)
{
    /// <summary>Share of the measured webhooks that created a new person.</summary>
    public double? NewPeople { get; init; }

    /// <summary>The stock endpoint under the same load.</summary>
    public StockFigures? Stock { get; init; }

    /// <summary>What the log takes on disk, after the load.</summary>
    public LogSize? Size { get; init; }

    /// <summary>From the start of the Host to its first answer that it is ready.</summary>
    public double? ReadyMs { get; init; }

    /// <summary>
    /// Accepted events that are not in the log. Unanswered ones may be in it, so more events than accepted are not a loss.
    /// </summary>
    public long? Lost => Logged is { } logged ? Math.Max(0, Load.Accepted - logged) : null;

    public double? PgBenchPerSecond => PgBench.Average();

    public double? SignaturePerSecond => Signature.Count == 0 ? null : Signature.Average(s => s.PerSecond);
}

using AudienceSync.Bench.Load;
using AudienceSync.Bench.SignatureOnly;

namespace AudienceSync.Bench.Ingest;

/// <summary>All that one run found. Null parts were not measured: pgbench is missing, or the Host is not ours.</summary>
/// <param name="Logged">Audience events that the log holds in the end.</param>
internal sealed record IngestResult(
    LoadOutcome Load, int Seed, long? Logged, double? PeakRssMb, double? SampledRssMb, CpuSeconds? Cpu, Drain? Drain,
    IReadOnlyList<double?> PgBench, IReadOnlyList<SignatureFigures> Signature)
{
    /// <summary>Share of the measured webhooks that made a new person.</summary>
    public double? NewPeople { get; init; }

    /// <summary>Accepted events that the log does not hold. Unanswered ones may be in it, so more than accepted is no loss.</summary>
    public long? Lost => Logged is { } logged ? Math.Max(0, Load.Accepted - logged) : null;

    public double? PgBenchPerSecond => PgBench.Average();

    public double? SignaturePerSecond => Signature.Count == 0 ? null : Signature.Average(s => s.PerSecond);
}

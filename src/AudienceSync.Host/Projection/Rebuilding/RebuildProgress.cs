using AudienceSync.Host.Configuration;

namespace AudienceSync.Host.Projection.Rebuilding;

/// <summary>The progress of a rebuild.</summary>
/// <param name="Phase">reading, writing, indexing, checking, following, swapping.</param>
/// <param name="Events">Events read in this phase or before it; with several passes over the log, the sum of all passes.</param>
/// <param name="Of">Events to be read.</param>
public readonly record struct RebuildProgress(string Phase, long Events, long Of);

/// <summary>What a rebuild or an undo did.</summary>
/// <param name="Generation">Its number.</param>
/// <param name="Kind">rebuild or undo.</param>
/// <param name="Events">Events read from the log.</param>
/// <param name="Rows">Rows written while filling.</param>
/// <param name="Checksum">Checksum of the rows, equal to that of the rows read back.</param>
/// <param name="Passes">Passes over the log.</param>
/// <param name="Continued">Whether an interrupted rebuild was continued.</param>
/// <param name="Drift">Drift of the former generation.</param>
/// <param name="Rechecked">Members that the lanes process again.</param>
/// <param name="Seconds">Time from the start to the swap.</param>
public sealed record RebuildResult(
    long Generation,
    string Kind,
    long Events,
    long Rows,
    long Checksum,
    int Passes,
    bool Continued,
    Drift Drift,
    long Rechecked,
    double Seconds
);

/// <summary>A rebuild cannot start or cannot continue. Nothing was swapped.</summary>
/// <param name="code">Stable; docs/errors.md lists it.</param>
/// <param name="message">What to do, in one line.</param>
public sealed class RebuildException(string code, string message) : RefusedException(code, message);

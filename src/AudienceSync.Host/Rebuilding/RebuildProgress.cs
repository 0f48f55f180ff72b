namespace AudienceSync.Host.Rebuilding;

/// <summary>How far a rebuild is.</summary>
/// <param name="Phase">reading, writing, indexing, checking, following, swapping.</param>
/// <param name="Events">Read in this phase or before it; with several passes over the log, of all of them.</param>
/// <param name="Of">To be read.</param>
public readonly record struct RebuildProgress(string Phase, long Events, long Of);

/// <summary>What a rebuild or an undo did.</summary>
/// <param name="Generation">Its number.</param>
/// <param name="Kind">rebuild or undo.</param>
/// <param name="Events">Read from the log.</param>
/// <param name="Rows">Written while filling.</param>
/// <param name="Checksum">Of them, equal to that of what was read back.</param>
/// <param name="Passes">Over the log.</param>
/// <param name="Continued">Whether a killed one was continued.</param>
/// <param name="Drift">Of the former generation.</param>
/// <param name="Rechecked">Members at whom the lanes look again.</param>
/// <param name="Seconds">From the beginning to the swap.</param>
public sealed record RebuildResult(
    long Generation, string Kind, long Events, long Rows, long Checksum, int Passes, bool Continued, Drift Drift, long Rechecked, double Seconds);

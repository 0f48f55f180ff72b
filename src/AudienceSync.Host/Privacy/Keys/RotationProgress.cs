namespace AudienceSync.Host.Privacy.Keys;

/// <summary>How far a vault has been resealed under a master key version.</summary>
/// <param name="Person">With <paramref name="Revision"/> the last row of the vault that this pass has seen.</param>
/// <param name="Passes">Passes over the vault, including this one.</param>
/// <param name="Seen">Rows that this pass has seen, of any version.</param>
/// <param name="Resealed">Rows resealed, in all passes.</param>
/// <param name="Skipped">Rows of this pass that another process was writing.</param>
/// <param name="Unreadable">Rows of this pass that do not open: damaged, or of a version that is not held.</param>
public sealed record RotationProgress(
    short ToVersion,
    Guid Person,
    int Revision,
    int Passes,
    long Seen,
    long Resealed,
    long Skipped,
    long Unreadable,
    DateTimeOffset? FinishedAt
)
{
    public bool Finished => FinishedAt is not null;
}

namespace AudienceSync.Host.Storage.Privacy;

/// <summary>How far a vault has been sealed anew under a master key version.</summary>
/// <param name="Person">With <paramref name="Revision"/> the last row of the vault that this pass has seen.</param>
/// <param name="Passes">Over the vault, this one included.</param>
/// <param name="Seen">Rows this pass has seen, of whatever version.</param>
/// <param name="Resealed">Rows sealed anew, in all passes.</param>
/// <param name="Skipped">Rows of this pass that somebody else was writing.</param>
/// <param name="Unreadable">Rows of this pass that do not open: damaged, or of a version that is not held.</param>
public sealed record RotationProgress(
    short ToVersion, Guid Person, int Revision, int Passes, long Seen, long Resealed, long Skipped, long Unreadable, DateTimeOffset? FinishedAt)
{
    public bool Finished => FinishedAt is not null;
}

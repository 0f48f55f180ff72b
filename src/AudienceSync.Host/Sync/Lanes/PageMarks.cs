using AudienceSync.Domain.Identity;
using AudienceSync.Domain.Syncing;

namespace AudienceSync.Host.Sync.Lanes;

/// <summary>Members to be processed again apart from the lanes.</summary>
/// <param name="Processed">These have been, and need not be any more.</param>
/// <param name="Later">These are to be, as soon as no job holds them.</param>
/// <param name="Residuals">Residual deliveries, as far as no call decides about them.</param>
public sealed record PageMarks(IReadOnlyList<PersonId> Processed, IReadOnlyList<PersonId> Later, IReadOnlyList<ResidualChange> Residuals)
{
    /// <summary>
    /// Removals that may have taken late what belongs to another member by now: members that hold it are delivered again.
    /// </summary>
    public IReadOnlyList<(PersonId Person, int Revision)> Redeliver { get; init; } = [];

    /// <summary>For a page that ends without a call: the lane's run ends, too.</summary>
    public bool EndsRun { get; init; }
}

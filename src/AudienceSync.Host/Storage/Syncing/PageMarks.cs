using AudienceSync.Domain.Identity;

namespace AudienceSync.Host.Storage.Syncing;

/// <summary>Who is to be looked at again apart from the lanes.</summary>
/// <param name="Looked">These were, and need not be any more.</param>
/// <param name="Later">These are to be, as soon as no job holds them.</param>
/// <param name="Remains">What remains beside the ledger, as far as no call decides it.</param>
public sealed record PageMarks(IReadOnlyList<PersonId> Looked, IReadOnlyList<PersonId> Later, IReadOnlyList<ResidualChange> Residuals)
{
    /// <summary>Removals that may have taken late what is another member's by now: whoever holds it is delivered again.</summary>
    public IReadOnlyList<(PersonId Person, int Revision)> Redeliver { get; init; } = [];
}

using AudienceSync.Domain.Identity;
using AudienceSync.Domain.Syncing;
using AudienceSync.Host.Sync.Residuals;
using AudienceSync.Host.Sync.Runs;

namespace AudienceSync.Host.Sync.Ledger;

/// <summary>The ledger entry of a person from now on.</summary>
public readonly record struct LedgerChange(PersonId Person, LedgerEntry Entry, string? Reason)
{
    /// <summary>Whether the ledger had no row for the person when the page was read.</summary>
    public bool IsNew { get; init; }

    /// <summary>The person's row in the job that the call returned; null when no job holds the person.</summary>
    public int? JobRow { get; init; }
}

/// <summary>What is durable before a call is sent.</summary>
/// <param name="Rows">The members about to be sent, for the ledger.</param>
/// <param name="Residuals">Residual deliveries about to be removed.</param>
/// <param name="Lost">Members whose former call got no response.</param>
/// <param name="Run">The same for the lane's run.</param>
public sealed record MemberIntent(
    IReadOnlyList<LedgerChange> Rows, List<ResidualChange> Residuals, IReadOnlyList<ResidualChange> Lost, RunIntent Run);

/// <summary>Members to be processed again apart from the lanes.</summary>
/// <param name="Looked">These have been, and need not be any more.</param>
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

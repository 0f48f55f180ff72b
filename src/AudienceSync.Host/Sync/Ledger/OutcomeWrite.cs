using AudienceSync.Domain.Syncing;
using AudienceSync.Host.Sync.Lanes;
using AudienceSync.Host.Sync.Runs;

namespace AudienceSync.Host.Sync.Ledger;

/// <summary>What one transaction writes after a call, or at the end of a page without one.</summary>
/// <param name="Lane">The lane it was made for.</param>
/// <param name="State">Of the lane, the remote audience and the account.</param>
public sealed record OutcomeWrite(Lane Lane, LaneState State)
{
    public IReadOnlyList<LedgerChange> Ledger { get; init; } = [];

    public IReadOnlyList<ResidualChange> Residuals { get; init; } = [];

    /// <summary>Null when no call was made.</summary>
    public CallRecord? Call { get; init; }

    /// <summary>Null when the page goes on.</summary>
    public PageMarks? Marks { get; init; }

    /// <summary>For the run and the log of deliveries; null when nothing was decided or sent.</summary>
    public RunOutcome? Run { get; init; }
}

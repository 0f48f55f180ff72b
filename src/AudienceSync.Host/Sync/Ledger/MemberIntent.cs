using AudienceSync.Domain.Syncing;
using AudienceSync.Host.Sync.Runs;

namespace AudienceSync.Host.Sync.Ledger;

/// <summary>What is durable before a call is sent.</summary>
/// <param name="Rows">The members about to be sent, for the ledger.</param>
/// <param name="Residuals">Residual deliveries about to be removed.</param>
/// <param name="Lost">Members whose former call got no response.</param>
/// <param name="Run">The same for the lane's run.</param>
public sealed record MemberIntent(
    IReadOnlyList<LedgerChange> Rows,
    List<ResidualChange> Residuals,
    IReadOnlyList<ResidualChange> Lost,
    RunIntent Run
);

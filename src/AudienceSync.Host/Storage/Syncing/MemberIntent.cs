namespace AudienceSync.Host.Storage.Syncing;

/// <summary>What is durable before a call is sent.</summary>
/// <param name="Rows">The members about to be sent, for the ledger.</param>
/// <param name="Residuals">Residual deliveries about to be removed.</param>
/// <param name="Lost">Members whose former call got no response.</param>
public sealed record MemberIntent(IReadOnlyList<LedgerChange> Rows, List<ResidualChange> Residuals, IReadOnlyList<ResidualChange> Lost);

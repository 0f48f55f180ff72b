namespace AudienceSync.Host.Storage.Syncing;

/// <summary>What is durable before a call leaves.</summary>
/// <param name="Rows">Who is about to be said, for the ledger.</param>
/// <param name="Remains">What remains beside it and is about to be removed.</param>
/// <param name="Lost">Whose former call was never answered.</param>
public sealed record MemberIntent(IReadOnlyList<LedgerChange> Rows, List<ResidualChange> Residuals, IReadOnlyList<ResidualChange> Lost);

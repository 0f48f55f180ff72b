namespace AudienceSync.Domain.Syncing;

/// <summary>Used percentage of the account's allowance, and how long until the platform accepts calls again.</summary>
public readonly record struct AccountUsage(int UsedPercent, TimeSpan? RegainAfter);

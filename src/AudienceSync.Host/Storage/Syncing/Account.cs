namespace AudienceSync.Host.Storage.Syncing;

/// <summary>An ad account as the sync loop reads it.</summary>
public sealed record Account(DateTimeOffset? BlockedUntil, string? StoppedCode, int UsedPercent);

namespace AudienceSync.Connectors.Tests;

/// <summary>The time of every account and sandbox in these tests: it begins at the same instant and moves only when advanced.</summary>
internal sealed class ManualTime() : WatchedTime(DateTimeOffset.FromUnixTimeSeconds(1_697_328_000));

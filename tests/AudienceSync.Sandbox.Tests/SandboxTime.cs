namespace AudienceSync.Sandbox.Tests;

/// <summary>The time of a sandbox under test: it begins at the same instant in every test and moves only when advanced.</summary>
internal sealed class SandboxTime() : WatchedTime(DateTimeOffset.FromUnixTimeSeconds(1_697_328_000));

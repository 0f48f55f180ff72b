namespace AudienceSync.Host.EventStore.Leases;

/// <summary>A loop that every Host runs for a workspace, whatever else it works on.</summary>
/// <param name="RunAsync">Works until it is canceled; failures are retried within.</param>
public sealed record HostLoop(Func<CancellationToken, Task> RunAsync);

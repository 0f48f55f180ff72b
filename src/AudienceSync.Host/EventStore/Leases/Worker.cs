namespace AudienceSync.Host.EventStore.Leases;

/// <summary>
/// A piece of a workspace's work that one Host at a time does. The Hosts of a database share the workers evenly, by
/// Wolverine's agents; who may write is decided by leases.
/// </summary>
/// <param name="Name">Its name within the workspace.</param>
/// <param name="RunAsync">Works until it is canceled; failures are retried within.</param>
public sealed record Worker(string Name, Func<CancellationToken, Task> RunAsync)
{
    private const string Account = "account/";

    /// <summary>The worker of an ad account.</summary>
    public static Worker OfAccount(string destination, Func<CancellationToken, Task> run) =>
        new(Account + Uri.EscapeDataString(destination), run);

    /// <summary>Whether it is the worker of an ad account: these are shared evenly among themselves.</summary>
    public static bool IsAccount(Uri agent) => agent.AbsolutePath.Contains($"/{Account}", StringComparison.Ordinal);
}

namespace AudienceSync.Host.EventStore.Leases;

/// <summary>
/// The right to do guarded work, valid as long as the database confirms it. Every write of that work holds it in the same transaction.
/// </summary>
/// <param name="Name">The name of the work.</param>
/// <param name="Fence">The number of the claim.</param>
/// <param name="Time">How long each write extends it.</param>
public readonly record struct Lease(string Name, long Fence, TimeSpan Time);

/// <summary>
/// Another host owns the work now. What this transaction wrote is rolled back; the loop must release the work and claim it again.
/// </summary>
public sealed class LeaseLostException(string name, Exception inner) : Exception($"The lease {name} is held by another host.", inner);

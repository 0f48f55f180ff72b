namespace AudienceSync.Host.Storage.Leases;

/// <summary>
/// The right to do guarded work, valid as long as the database confirms it. Every write of that work holds it in the same transaction.
/// </summary>
/// <param name="Name">The name of the work.</param>
/// <param name="Fence">The number of the claim.</param>
/// <param name="Time">How long each write extends it.</param>
public readonly record struct Lease(string Name, long Fence, TimeSpan Time);

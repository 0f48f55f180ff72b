namespace AudienceSync.Host.Storage.Leases;

/// <summary>A piece of work that is ours as long as the database agrees. Every write of that work holds it in the same transaction.</summary>
/// <param name="Name">Of the work.</param>
/// <param name="Fence">The number of the claim.</param>
/// <param name="Time">How long each write keeps it.</param>
public readonly record struct Lease(string Name, long Fence, TimeSpan Time);

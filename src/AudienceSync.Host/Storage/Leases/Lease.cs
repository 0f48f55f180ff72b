namespace AudienceSync.Host.Storage.Leases;

/// <summary>A piece of work that is ours as long as the database agrees. Every write of that work holds it in the same transaction.</summary>
public readonly record struct Lease(string Name, long Fence);

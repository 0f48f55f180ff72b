namespace AudienceSync.Host.Storage.Leases;

/// <summary>
/// Another host owns the work now. What this transaction wrote is rolled back; the loop must release the work and claim it again.
/// </summary>
public sealed class LeaseLostException(string name, Exception inner) : Exception($"The lease {name} is held by another host.", inner);

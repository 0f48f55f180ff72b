namespace AudienceSync.Host.Storage.Leases;

/// <summary>Another host owns the work now. What this transaction wrote is undone; the loop must let go and claim anew.</summary>
public sealed class LeaseLostException(string name, Exception inner) : Exception($"The lease {name} is held by another host.", inner);

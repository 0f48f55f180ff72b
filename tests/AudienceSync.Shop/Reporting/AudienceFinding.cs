namespace AudienceSync.Shop.Reporting;

/// <summary>One audience at one destination, as counted by four parties.</summary>
/// <param name="Desired">Members by the oracle.</param>
/// <param name="Present">Members by the engine's membership; -1 when it reported none.</param>
/// <param name="Delivered">Members by the engine's ledger; -1 when it reported none.</param>
/// <param name="Platform">People at the sandbox.</param>
/// <param name="Drift">Digests on one side only, oracle against sandbox.</param>
internal sealed record AudienceFinding(string Key, string Destination, int Desired, int Present, int Delivered, int Platform, int Drift);

namespace AudienceSync.Shop.Simulation;

/// <summary>One HTTP request that the sender has to deliver: a single event, or an array of events.</summary>
/// <param name="FirstTimeoutMs">The sender aborts its first attempt after this time and resends the same request; 0 for a sender that
/// waits.</param>
internal sealed record Delivery(int Number, IReadOnlyList<ShopEvent> Events, bool IsArray, int FirstTimeoutMs);

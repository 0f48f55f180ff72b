namespace AudienceSync.Shop.Simulation;

/// <summary>One HTTP request that the sender owes: an event alone, or an array of them.</summary>
/// <param name="ImpatienceMs">The sender hangs up on its first try after this time and sends the same again; 0 for a patient one.</param>
internal sealed record Delivery(int Number, IReadOnlyList<ShopEvent> Events, bool IsArray, int ImpatienceMs);

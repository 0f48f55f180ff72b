namespace AudienceSync.Shop.Simulation;

internal enum ActKind
{
    Browse,
    AbandonCart,
    Purchase,
    Refund,
}

/// <summary>Something a customer did in the shop.</summary>
/// <param name="CartValueUsd">The value of the cart that was left; 0 for other acts.</param>
internal sealed record ShopAct(ActKind Kind, DateTimeOffset At, decimal CartValueUsd = 0);

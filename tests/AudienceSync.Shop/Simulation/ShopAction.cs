namespace AudienceSync.Shop.Simulation;

internal enum ActionKind
{
    Browse,
    AbandonCart,
    Purchase,
    Refund,
}

/// <summary>An action of a customer in the shop.</summary>
/// <param name="CartValueUsd">The value of the abandoned cart; 0 for other actions.</param>
internal sealed record ShopAction(ActionKind Kind, DateTimeOffset At, decimal CartValueUsd = 0);

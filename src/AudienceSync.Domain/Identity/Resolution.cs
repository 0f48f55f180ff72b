namespace AudienceSync.Domain.Identity;

/// <summary>Who a webhook speaks of.</summary>
/// <param name="Person">The person.</param>
/// <param name="IsNew">Whether this webhook is the first we hear of him.</param>
/// <param name="NewAlias">Whether it named him by an identifier that did not point to him before, so that the vault may need a new revision.</param>
public readonly record struct Resolution(PersonId Person, bool IsNew, bool NewAlias);

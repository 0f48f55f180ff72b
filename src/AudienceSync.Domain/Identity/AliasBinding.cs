namespace AudienceSync.Domain.Identity;

/// <summary>What is known about one identifier (docs/decisions/0009).</summary>
/// <param name="Alias">The identifier.</param>
/// <param name="Anchor">The person row for which it is the strongest identifier; null when every webhook with it had a stronger
/// one.</param>
/// <param name="Owner">The person with the best claim to it; null when there is no claim. A customer id is never claimed.</param>
/// <param name="ClaimedAt">When the owner claimed it; the owner may have repeated the claim later.</param>
public readonly record struct AliasBinding(Alias Alias, PersonId? Anchor, PersonId? Owner, DateTimeOffset ClaimedAt);

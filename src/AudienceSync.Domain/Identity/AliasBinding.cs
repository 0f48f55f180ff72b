namespace AudienceSync.Domain.Identity;

/// <summary>What is known of one identifier (docs/decisions/0009).</summary>
/// <param name="Alias">The identifier.</param>
/// <param name="Anchor">The person row for which it is the strongest identifier; null when no webhook had nothing stronger.</param>
/// <param name="Owner">Whose it is by the best claim; null when nobody claimed it. A customer id is never claimed.</param>
/// <param name="ClaimedAt">When the owner claimed it; he may have said it again later.</param>
public readonly record struct AliasBinding(Alias Alias, PersonId? Anchor, PersonId? Owner, DateTimeOffset ClaimedAt);

namespace AudienceSync.Domain.Identity;

/// <summary>Whom an alias points to, and the time of the webhook that said so.</summary>
public readonly record struct AliasBinding(Alias Alias, PersonId Person, DateTimeOffset SeenAt);

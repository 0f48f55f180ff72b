using AudienceSync.Domain.Identity;

namespace AudienceSync.Host.Ingest;

/// <summary>Whom an event names.</summary>
/// <param name="Identifiers">For the vault.</param>
/// <param name="Aliases">The same as keyed digests, strongest first; what cannot be recognized by is left out.</param>
internal readonly record struct ReadPerson(PersonIdentifiers Identifiers, Alias[] Aliases);

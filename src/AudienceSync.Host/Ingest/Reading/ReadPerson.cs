using AudienceSync.Domain.Identity;

namespace AudienceSync.Host.Ingest.Reading;

/// <summary>The person that an event names.</summary>
/// <param name="Identifiers">For the vault.</param>
/// <param name="Aliases">The same as keyed digests, strongest first; identifiers that cannot identify a person are left out.</param>
internal readonly record struct ReadPerson(PersonIdentifiers Identifiers, Alias[] Aliases);

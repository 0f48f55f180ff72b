using AudienceSync.Domain.Identity;

namespace AudienceSync.Host.Outcomes;

/// <summary>By what an event can be appended to a person: the strongest identifier, as its alias and as the vault has it.</summary>
/// <param name="Alias">The alias.</param>
/// <param name="Identifiers">The identifier itself; nothing for a customer id, which the alias alone suffices for.</param>
internal sealed record PersonAnchor(Alias Alias, PersonIdentifiers Identifiers)
{
    /// <summary>Keeps personal data out of logs.</summary>
    public override string ToString() => "PersonAnchor(***)";
}

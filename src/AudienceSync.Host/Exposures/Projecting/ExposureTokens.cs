using AudienceSync.Domain.Exposures;
using AudienceSync.Domain.Identity;

namespace AudienceSync.Host.Exposures.Projecting;

/// <summary>
/// The tokens of people: those that are stored, and a random one for those who have none. Nothing about a person can be computed from it.
/// </summary>
internal sealed class ExposureTokens(IReadOnlyDictionary<PersonId, Guid> stored, Func<Guid> random)
{
    private readonly Dictionary<PersonId, Guid> _all = new(stored);
    private readonly List<PersonId> _new = [];

    public IReadOnlyDictionary<PersonId, Guid> All => _all;

    public IReadOnlyCollection<PersonId> New => _new;

    public Guid Of(PersonId person)
    {
        if (!_all.TryGetValue(person, out var token))
        {
            token = random();
            _all.Add(person, token);
            _new.Add(person);
        }

        return token;
    }

    /// <summary>Gives a token to everybody of whom something is written.</summary>
    public void Cover(LogExposures fold)
    {
        foreach (
            var person in fold
                .Rows.Select(row => row.Person)
                .Concat(fold.Spells.Select(spell => spell.Person))
                .Concat(fold.Members.Select(member => member.Id.Person))
                .Concat(fold.Owners.Keys)
                .Concat(fold.Owners.Values)
                .Concat(fold.Erased)
        )
        {
            Of(person);
        }
    }
}

using AudienceSync.Domain.Identity;

namespace AudienceSync.Domain.Tests.Identity;

/// <summary>
/// Who is who, the slow way: every claim ever made on an identifier is kept in a list, and all questions are answered by reading it from the
/// start. It has no indexes and no bit sets to get wrong.
/// </summary>
internal sealed class IdentityOracle
{
    private readonly List<(Alias Alias, PersonId Person, DateTimeOffset At)> _claims = [];

    public PersonId Resolve(IReadOnlyList<Alias> aliases, DateTimeOffset at, PersonId stranger)
    {
        var person = stranger;
        foreach (var alias in aliases)
        {
            var stronger = aliases.Where(a => a.Kind < alias.Kind).Select(a => a.Kind);
            if (Holder(alias) is { } holder && !stronger.Any(kind => EverHad(holder.Person, kind)))
            {
                person = holder.Person;
                break;
            }
        }

        foreach (var alias in aliases)
        {
            var holder = Holder(alias);
            if (holder is null || (holder.Value.Person != person && holder.Value.At < at))
            {
                _claims.Add((alias, person, at));
            }
        }

        return person;
    }

    public (PersonId Person, DateTimeOffset At)? Holder(Alias alias) =>
        _claims.Where(c => c.Alias == alias).Select(c => ((PersonId, DateTimeOffset)?)(c.Person, c.At)).LastOrDefault();

    private bool EverHad(PersonId person, IdentifierKind kind) => _claims.Exists(c => c.Person == person && c.Alias.Kind == kind);
}

using AudienceSync.Domain.Audiences;
using AudienceSync.Domain.History;
using AudienceSync.Domain.Identity;

namespace AudienceSync.Domain.Membership;

/// <summary>
/// Counts, for one page, adds, removes and expiries by hour. Unlike the rows it follows the links event by event, because a count is not a
/// maximum: two changes of one person within a page count as two.
/// </summary>
internal sealed class HourFold
{
    private readonly AudienceKeySet _keys;
    private readonly Func<RowId, MembershipState> _stateOf;
    private readonly HourlyCounts _counts = new();
    private readonly Dictionary<PersonId, PersonId> _owners = [];
    private readonly Dictionary<PersonId, List<PersonId>> _owned = [];

    /// <param name="keys">The published keys.</param>
    /// <param name="links">The links as they were before the page.</param>
    /// <param name="stateOf">The state of an anchor as of the event that is being applied.</param>
    public HourFold(AudienceKeySet keys, IReadOnlyDictionary<PersonId, PersonId> links, Func<RowId, MembershipState> stateOf)
    {
        (_keys, _stateOf) = (keys, stateOf);
        foreach (var (person, owner) in links)
        {
            Own(person, owner);
        }
    }

    public IEnumerable<(int KeyId, DateTimeOffset Hour, HourChange Change)> Changes => _counts.Changes;

    /// <summary>Whether every anchor is a person of its own so far.</summary>
    public bool HasNoLinks => _owners.Count == 0;

    /// <summary>Counts a change of a person's sum by a fact.</summary>
    public void Record(in PageFacts.KeyFact fact, MembershipState before, MembershipState after) =>
        _counts.Record(fact.Key.KeyId, fact.Key.Window, before, after, fact.RecordedAt);

    /// <summary>Counts what a successor takes over of a person, at the time of its publication.</summary>
    public void TakeOver(PublishedKey successor, MembershipState before, MembershipState after) =>
        _counts.Join(successor.KeyId, successor.Window, [before], [after], successor.PublishedAt);

    /// <summary>
    /// Two groups become one, or an anchor moves from one to another: in each key the members from before are subtracted and the members
    /// from after are added.
    /// </summary>
    public void Join(PageFacts.LinkFact link)
    {
        PersonId[] people = [.. new[] { RootOf(link.Person), link.Person, RootOf(link.Owner) }.Distinct()];
        var before = _keys.All.ToDictionary(key => key.KeyId, key => Sums(people, key.KeyId));
        Own(link.Person, link.Owner);
        foreach (var key in _keys.All)
        {
            _counts.Join(key.KeyId, key.Window, before[key.KeyId], Sums(people, key.KeyId), link.RecordedAt);
        }
    }

    public PersonId RootOf(PersonId person)
    {
        while (_owners.TryGetValue(person, out var owner))
        {
            person = owner;
        }

        return person;
    }

    public RowId RootOf(RowId id) => id with { Person = RootOf(id.Person) };

    /// <summary>The sum over an anchor and all that belong to it.</summary>
    public MembershipState SumOf(RowId anchor)
    {
        var sum = _stateOf(anchor);
        if (_owned.TryGetValue(anchor.Person, out var people))
        {
            foreach (var person in people)
            {
                sum = sum.With(SumOf(anchor with { Person = person }));
            }
        }

        return sum;
    }

    private List<MembershipState> Sums(PersonId[] people, int keyId) =>
        [.. people.Where(person => !_owners.ContainsKey(person)).Select(root => SumOf(new RowId(root, keyId)))];

    private void Own(PersonId person, PersonId owner)
    {
        if (_owners.TryGetValue(person, out var former))
        {
            _owned[former].Remove(person);
        }

        _owners[person] = owner;
        if (!_owned.TryGetValue(owner, out var people))
        {
            _owned[owner] = people = [];
        }

        people.Add(person);
    }
}

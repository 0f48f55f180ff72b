using AudienceSync.Domain.History;
using AudienceSync.Domain.Identity;
using AudienceSync.Domain.Membership;
using AudienceSync.Host.Audiences;
using AudienceSync.Host.EventStore;

namespace AudienceSync.Host.Projection;

/// <summary>
/// Counts, for one page, adds, removes and expiries by hour. Unlike the fold of rows it processes events one by one, including links,
/// because a count is not a maximum: two changes of one person within a page count as two.
/// </summary>
internal sealed class HourFold(AudienceKeys keys)
{
    private readonly HourlyCounts _counts = new();
    private readonly List<Step> _steps = [];
    private readonly Dictionary<PersonId, PersonId> _owners = [];
    private readonly Dictionary<PersonId, List<PersonId>> _owned = [];
    private readonly Dictionary<(int KeyId, PersonId Person), MembershipState> _states = [];

    public IEnumerable<(int KeyId, DateTimeOffset Hour, HourChange Change)> Changes => _counts.Changes;

    public void Clear()
    {
        _counts.Clear();
        _steps.Clear();
        _owners.Clear();
        _owned.Clear();
        _states.Clear();
    }

    public void Record(LogEvent logged, PublishedKey key, MembershipFact fact) => _steps.Add(new Step(logged.Person, logged.RecordedAt, key, fact, default));

    public void Link(LogEvent logged, PersonId owner) => _steps.Add(new Step(logged.Person, logged.RecordedAt, null, default, owner));

    /// <summary>Loads the links as they were before the page.</summary>
    public void Load(IReadOnlyDictionary<PersonId, PersonId> links)
    {
        foreach (var (person, owner) in links)
        {
            Own(person, owner);
        }
    }

    /// <summary>
    /// Counts. The rows are those from before the page. What open successors take over is counted at the time of their publication.
    /// </summary>
    public void Finish(IReadOnlyDictionary<(int KeyId, PersonId Person), MembershipRow> rows, IReadOnlyList<PublishedKey> openSuccessors)
    {
        foreach (var successor in openSuccessors)
        {
            TakeOver(successor, rows);
        }

        foreach (var step in _steps.Where(step => step.RecordedAt != default))
        {
            if (step.Key is null)
            {
                Join(step, rows);
            }
            else
            {
                Record(step, step.Key, rows);
            }
        }
    }

    private void TakeOver(PublishedKey successor, IReadOnlyDictionary<(int KeyId, PersonId Person), MembershipRow> rows)
    {
        var anchors = rows.Keys.Concat(_states.Keys).Where(id => id.KeyId == successor.InheritsFrom).Select(id => id.Person).Distinct();
        foreach (var group in anchors.GroupBy(RootOf).ToList())
        {
            var before = Sum(successor.KeyId, group.Key, rows);
            foreach (var anchor in group)
            {
                _states[(successor.KeyId, anchor)] = StateOf(successor.KeyId, anchor, rows).With(StateOf(successor.InheritsFrom!.Value, anchor, rows));
            }

            _counts.Join(successor.KeyId, successor.Window, [before], [Sum(successor.KeyId, group.Key, rows)], successor.PublishedAt);
        }
    }

    private void Record(Step step, PublishedKey key, IReadOnlyDictionary<(int KeyId, PersonId Person), MembershipRow> rows)
    {
        var own = StateOf(key.KeyId, step.Person, rows);
        var after = own.Apply(step.Fact);
        if (after == own)
        {
            return;
        }

        if (_owners.Count == 0)
        {
            _states[(key.KeyId, step.Person)] = after;
            _counts.Record(key.KeyId, key.Window, own, after, step.RecordedAt);
            return;
        }

        var root = RootOf(step.Person);
        var before = Sum(key.KeyId, root, rows);
        _states[(key.KeyId, step.Person)] = after;
        _counts.Record(key.KeyId, key.Window, before, Sum(key.KeyId, root, rows), step.RecordedAt);
    }

    // Two groups become one, or an anchor moves from one to another: in each key the members from before are subtracted and the members
    // from after are added.
    private void Join(Step step, IReadOnlyDictionary<(int KeyId, PersonId Person), MembershipRow> rows)
    {
        PersonId[] roots = [.. new[] { RootOf(step.Person), step.Person, RootOf(step.Owner) }.Distinct()];
        var before = keys.All.ToDictionary(key => key.KeyId, key => Roots(roots).ConvertAll(root => Sum(key.KeyId, root, rows)));
        Own(step.Person, step.Owner);
        foreach (var key in keys.All)
        {
            _counts.Join(key.KeyId, key.Window, before[key.KeyId], Roots(roots).ConvertAll(root => Sum(key.KeyId, root, rows)), step.RecordedAt);
        }
    }

    private List<PersonId> Roots(PersonId[] people) => [.. people.Where(person => !_owners.ContainsKey(person))];

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

    private PersonId RootOf(PersonId person)
    {
        while (_owners.TryGetValue(person, out var owner))
        {
            person = owner;
        }

        return person;
    }

    private MembershipState Sum(int keyId, PersonId anchor, IReadOnlyDictionary<(int KeyId, PersonId Person), MembershipRow> rows)
    {
        var sum = StateOf(keyId, anchor, rows);
        foreach (var person in _owned.GetValueOrDefault(anchor) ?? [])
        {
            sum = sum.With(Sum(keyId, person, rows));
        }

        return sum;
    }

    private MembershipState StateOf(int keyId, PersonId anchor, IReadOnlyDictionary<(int KeyId, PersonId Person), MembershipRow> rows) =>
        _states.TryGetValue((keyId, anchor), out var state) ? state
        : rows.TryGetValue((keyId, anchor), out var row) ? row.State
        : MembershipState.Nothing;

    /// <summary>One event: a fact of a key, or, without a key, a link.</summary>
    private readonly record struct Step(PersonId Person, DateTimeOffset RecordedAt, PublishedKey? Key, MembershipFact Fact, PersonId Owner);
}

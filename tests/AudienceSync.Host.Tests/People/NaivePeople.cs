namespace AudienceSync.Host.Tests.People;

/// <summary>An erasure as a reader of the story sees it.</summary>
/// <param name="Root">The person it erases; <see cref="Name.None"/> when no person was known.</param>
/// <param name="StoryEvents">All events of the person.</param>
internal sealed record NaiveErasure(Name Root, IReadOnlyList<StoryEvent> StoryEvents);

/// <summary>
/// Who is who after some webhooks, and the expected result, computed from the list of events alone (docs/decisions/0009, 0010): no rows, no
/// links, no order of arrival except that of erasures. An event counts if it arrived before an erasure request, or was not refused because
/// of it afterwards.
/// </summary>
/// <param name="digest">Orders two claims with the same time.</param>
internal sealed class NaivePeople(Func<Name, Guid> digest)
{
    private readonly List<StoryEvent> _counted = [];
    private readonly HashSet<Name> _refused = [];
    private readonly HashSet<Name> _destroyed = [];
    private readonly List<NaiveErasure> _waiting = [];
    private readonly List<NaiveErasure> _ended = [];

    public bool Refuses(StoryEvent sent) => sent.Names.Any(_refused.Contains);

    public void Apply(StoryEvent sent) => _counted.Add(sent);

    /// <summary>All people, including those that no identifier leads to any more.</summary>
    public IEnumerable<NaivePerson> All()
    {
        foreach (var person in _counted.GroupBy(one => RootOf(one.Anchor)))
        {
            yield return new NaivePerson(person.Key, [.. person], _waiting.Exists(erasure => erasure.Root == person.Key));
        }

        foreach (var erasure in _ended)
        {
            yield return new NaivePerson(erasure.Root, erasure.StoryEvents, IsErased: true);
        }
    }

    /// <summary>The person that a name leads to; null when it is not known.</summary>
    public NaivePerson? Find(Name name) => IsKnown(name) ? All().First(person => person.Root == RootOf(name)) : null;

    /// <summary>The addresses a person is reached by: the last claimed one of each kind, among those that belong to the person.</summary>
    public IEnumerable<string> AddressesOf(NaivePerson person) =>
        from kind in new[] { 1, 2 }
        let own = from one in person.StoryEvents
        from name in one.Names
        where name.Kind == kind && RootOf(name) == person.Root
        orderby one.Fact.At descending, digest(name) descending
        select name.Text
        from address in own.Take(1)
        select address;

    /// <summary>Applies an erasure request. Returns null, and does nothing, when the names belong to several people.</summary>
    public NaiveErasure? Erase(Name[] names)
    {
        var roots = names.Where(IsKnown).Select(RootOf).Distinct().ToList();
        if (roots.Count > 1)
        {
            return null;
        }

        var root = roots.Count == 0 ? Name.None : roots[0];
        var erasure =
            _waiting.Find(waiting => waiting.Root == root)
            ?? new NaiveErasure(root, [.. _counted.Where(one => RootOf(one.Anchor) == root)]);
        _refused.UnionWith(
            names.Concat(erasure.StoryEvents.SelectMany(one => one.Names)).Where(name => !IsKnown(name) || RootOf(name) == root).ToList()
        );
        if (root != Name.None && !_waiting.Contains(erasure))
        {
            _waiting.Add(erasure);
        }

        return erasure;
    }

    /// <summary>Completes an erasure: no identifier leads to the person any more. Returns the names that belonged to the person.</summary>
    public IReadOnlyCollection<Name> Complete(NaiveErasure erasure)
    {
        var destroyed = _counted.SelectMany(one => one.Names).Where(name => RootOf(name) == erasure.Root).ToHashSet();
        _destroyed.UnionWith(destroyed);
        _counted.RemoveAll(erasure.StoryEvents.Contains);
        _waiting.Remove(erasure);
        _ended.Add(erasure);
        return destroyed;
    }

    private bool IsKnown(Name name) => !_destroyed.Contains(name) && _counted.Exists(one => one.Mentions(name));

    private Name RootOf(Name name)
    {
        if (_destroyed.Contains(name))
        {
            return Name.None;
        }

        var claim = (
            from one in _counted
            where one.Anchor != name && one.Mentions(name)
            orderby one.Anchor.Kind, one.Fact.At descending, digest(one.Anchor) descending
            select one
        ).FirstOrDefault();
        return claim is null ? name : RootOf(claim.Anchor);
    }
}

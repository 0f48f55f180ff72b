namespace AudienceSync.Host.Tests.People;

/// <summary>An erasure as a reader of the story sees it.</summary>
/// <param name="Root">Whom it erases; nobody when nobody was known.</param>
/// <param name="Said">All that was said of him.</param>
internal sealed record NaiveErasure(Name Root, IReadOnlyList<StoryEvent> StoryEvent);

/// <summary>
/// Who is who after some webhooks, and what must come of it, reckoned from the list of what was said alone (docs/decisions/0009, 0010): no rows, no
/// links, no order of arrival but that of erasures. Counted is what came before a request and what it did not refuse afterwards.
/// </summary>
/// <param name="digest">By what two claims of one time are told apart.</param>
internal sealed class NaivePeople(Func<Name, Guid> digest)
{
    private readonly List<StoryEvent> _counted = [];
    private readonly HashSet<Name> _refused = [];
    private readonly HashSet<Name> _destroyed = [];
    private readonly List<NaiveErasure> _waiting = [];
    private readonly List<NaiveErasure> _ended = [];

    public bool Refuses(StoryEvent sent) => sent.Names.Any(_refused.Contains);

    public void Hear(StoryEvent sent) => _counted.Add(sent);

    /// <summary>Everybody, with those whom nothing leads to any more.</summary>
    public IEnumerable<NaivePerson> All()
    {
        foreach (var person in _counted.GroupBy(one => RootOf(one.Anchor)))
        {
            yield return new NaivePerson(person.Key, [.. person], _waiting.Exists(erasure => erasure.Root == person.Key));
        }

        foreach (var erasure in _ended)
        {
            yield return new NaivePerson(erasure.Root, erasure.StoryEvent, IsErased: true);
        }
    }

    /// <summary>What a person is reached by: of each kind of address the one said last, among those that are his.</summary>
    public IEnumerable<string> AddressesOf(NaivePerson person) =>
        from kind in new[] { 1, 2 }
        let own = from one in person.StoryEvent
                  from name in one.Names
                  where name.Kind == kind && RootOf(name) == person.Root
                  orderby one.StoryFact.At descending, digest(name) descending
                  select name.Text
        from address in own.Take(1)
        select address;

    /// <summary>Takes a request. Null when the names are of several people, and nothing is done.</summary>
    public NaiveErasure? Erase(Name[] names)
    {
        var roots = names.Where(IsKnown).Select(RootOf).Distinct().ToList();
        if (roots.Count > 1)
        {
            return null;
        }

        var root = roots.Count == 0 ? Name.Nobody : roots[0];
        var erasure = _waiting.Find(waiting => waiting.Root == root) ?? new NaiveErasure(root, [.. _counted.Where(one => RootOf(one.Anchor) == root)]);
        _refused.UnionWith(names.Concat(erasure.StoryEvent.SelectMany(one => one.Names)).Where(name => !IsKnown(name) || RootOf(name) == root).ToList());
        if (root != Name.Nobody && !_waiting.Contains(erasure))
        {
            _waiting.Add(erasure);
        }

        return erasure;
    }

    /// <summary>Nothing leads to him any more. Returns the names that were his.</summary>
    public IReadOnlyCollection<Name> End(NaiveErasure erasure)
    {
        var his = _counted.SelectMany(one => one.Names).Where(name => RootOf(name) == erasure.Root).ToHashSet();
        _destroyed.UnionWith(his);
        _counted.RemoveAll(erasure.StoryEvent.Contains);
        _waiting.Remove(erasure);
        _ended.Add(erasure);
        return his;
    }

    private bool IsKnown(Name name) => !_destroyed.Contains(name) && _counted.Exists(one => one.Calls(name));

    private Name RootOf(Name name)
    {
        if (_destroyed.Contains(name))
        {
            return Name.Nobody;
        }

        var claim = (from one in _counted
                     where one.Anchor != name && one.Calls(name)
                     orderby one.Anchor.Kind, one.StoryFact.At descending, digest(one.Anchor) descending
                     select one).FirstOrDefault();
        return claim is null ? name : RootOf(claim.Anchor);
    }
}

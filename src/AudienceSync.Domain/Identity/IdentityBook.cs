namespace AudienceSync.Domain.Identity;

/// <summary>
/// Decides who a webhook speaks of (design section 6, rule 3), for one batch of webhooks, and remembers what the batch changes.
/// <para>
/// The strongest identifier given decides: customer id before e-mail before phone. If the strongest is unknown, a weaker one may lead to a
/// person, but only to one who has none of the stronger kinds given: a guest known by e-mail becomes the customer who now shows an id,
/// while an e-mail that belongs to another customer id never joins the two. An address that moves follows the newer webhook.
/// </para>
/// <para>
/// The caller loads every alias of the batch under the log's lock, so no other host can bind the same alias in between, and writes
/// <see cref="ChangedBindings"/> in the transaction of the events.
/// </para>
/// </summary>
public sealed class IdentityBook
{
    private readonly Dictionary<AliasDigest, AliasBinding> _bindings = [];
    private readonly Dictionary<PersonId, KnownPerson> _people = [];
    private readonly Dictionary<AliasDigest, AliasBinding> _changed = [];
    private readonly HashSet<AliasDigest> _moved = [];

    /// <summary>Every alias that was loaded or bound.</summary>
    public IReadOnlyCollection<AliasBinding> Bindings => _bindings.Values;

    /// <summary>Everybody that was loaded or made, as the batch so far has left him.</summary>
    public IReadOnlyCollection<KnownPerson> People => _people.Values;

    /// <summary>Aliases that the batch binds anew or moves; the last word on each.</summary>
    public IReadOnlyCollection<AliasBinding> ChangedBindings => _changed.Values;

    /// <summary>Whether a changed binding was stored before and now leads to somebody else; otherwise it is new.</summary>
    public bool IsMoved(AliasDigest digest) => _moved.Contains(digest);

    /// <summary>Makes a stored alias and its person known. Before any <see cref="Resolve"/>.</summary>
    public void Load(AliasBinding binding, KnownPerson person)
    {
        _bindings[binding.Alias.Digest] = binding;
        _people[person.Id] = person;
    }

    /// <summary>A person of the book, as the batch so far has left him.</summary>
    public KnownPerson Person(PersonId id) => _people[id];

    /// <summary>Keeps what the caller did to a person: a revision written, events appended.</summary>
    public void Update(KnownPerson person) => _people[person.Id] = person;

    /// <param name="aliases">The webhook's identifiers, strongest first; at least one.</param>
    /// <param name="occurredAt">The sender's time.</param>
    /// <param name="newPerson">The id to use if nobody is found.</param>
    public Resolution Resolve(ReadOnlySpan<Alias> aliases, DateTimeOffset occurredAt, PersonId newPerson)
    {
        if (aliases.IsEmpty)
        {
            throw new ArgumentException("A webhook that names nobody is refused before it comes here.", nameof(aliases));
        }

        var found = Find(aliases);
        var person = found ?? newPerson;
        if (found is null)
        {
            _people[person] = new KnownPerson(person, Kinds: 0, Revision: 0, StreamVersion: 0);
        }

        var newAlias = false;
        foreach (var alias in aliases)
        {
            newAlias |= Bind(alias, person, occurredAt);
        }

        return new Resolution(person, found is null, newAlias);
    }

    private PersonId? Find(ReadOnlySpan<Alias> aliases)
    {
        for (var i = 0; i < aliases.Length; i++)
        {
            if (_bindings.TryGetValue(aliases[i].Digest, out var binding) && LacksAll(_people[binding.Person], aliases[..i]))
            {
                return binding.Person;
            }
        }

        return null;
    }

    private static bool LacksAll(KnownPerson person, ReadOnlySpan<Alias> stronger)
    {
        foreach (var alias in stronger)
        {
            if (person.Has(alias.Kind))
            {
                return false;
            }
        }

        return true;
    }

    private bool Bind(Alias alias, PersonId person, DateTimeOffset occurredAt)
    {
        if (_bindings.TryGetValue(alias.Digest, out var known))
        {
            if (known.Person == person || known.SeenAt >= occurredAt)
            {
                return false;
            }

            if (!_changed.ContainsKey(alias.Digest))
            {
                _moved.Add(alias.Digest);
            }
        }

        var binding = new AliasBinding(alias, person, occurredAt);
        _bindings[alias.Digest] = binding;
        _changed[alias.Digest] = binding;
        _people[person] = _people[person].With(alias.Kind);
        return true;
    }
}

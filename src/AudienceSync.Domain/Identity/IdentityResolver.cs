namespace AudienceSync.Domain.Identity;

/// <summary>
/// Decides which person a webhook is about (docs/decisions/0009), for one batch of webhooks, and records what the batch changes.
/// <para>
/// The caller loads what the batch may touch, under the log's lock, so that no other host can change it in between: the named aliases, and
/// the people they lead to with everyone linked to them. It writes <see cref="Changes"/> in the transaction of the events.
/// </para>
/// </summary>
public sealed class IdentityResolver(Func<PersonId> newPerson)
{
    private readonly Dictionary<AliasDigest, AliasBinding> _bindings = [];
    private readonly Dictionary<PersonId, KnownPerson> _people = [];
    private readonly Dictionary<AliasDigest, PersonId> _anchors = [];
    private readonly Dictionary<PersonId, IdentifierClaims> _claims = [];
    private readonly HashSet<AliasDigest> _stored = [];

    /// <summary>Everyone that was loaded or created, in the state after the batch so far.</summary>
    public IReadOnlyCollection<KnownPerson> People => _people.Values;

    /// <summary>What the batch changes.</summary>
    public IdentityChanges Changes { get; } = new();

    /// <summary>Adds a stored alias.</summary>
    public void Load(AliasBinding binding)
    {
        _bindings[binding.Alias.Digest] = binding;
        _stored.Add(binding.Alias.Digest);
    }

    /// <summary>Adds a stored anchor.</summary>
    public void Load(KnownPerson person)
    {
        _people[person.Id] = person;
        _anchors[person.Anchor.Digest] = person.Id;
    }

    /// <summary>Adds the claims of a known anchor so far, with the times from its stream.</summary>
    public void Load(PersonId person, IdentifierClaims own) => _claims[person] = own;

    public KnownPerson Person(PersonId id) => _people[id];

    public KnownPerson? Find(PersonId id) => _people.GetValueOrDefault(id);

    public KnownPerson? AnchorOf(AliasDigest digest) => _anchors.TryGetValue(digest, out var id) ? _people[id] : null;

    public AliasBinding? BindingOf(AliasDigest digest) => _bindings.TryGetValue(digest, out var binding) ? binding : null;

    public IdentifierClaims? ClaimsOf(PersonId person) => _claims.GetValueOrDefault(person);

    /// <summary>Whether an alias existed before the batch.</summary>
    public bool IsStored(AliasDigest digest) => _stored.Contains(digest);

    /// <summary>Records what the caller did to a person: a revision written, events appended.</summary>
    public void Update(KnownPerson person) => _people[person.Id] = person;

    /// <summary>
    /// Whether a webhook contains nothing that the revision of a known root does not hold, and if so which kinds it repeated. Such a
    /// webhook changes no person.
    /// </summary>
    public static bool IsAlreadyKnown(KnownPerson person, Statement statement, out int kinds)
    {
        kinds = 0;
        if (person.Owner is not null || (statement.Details is { } details && details != person.Reach.Details))
        {
            return false;
        }

        kinds = statement.Details is null ? 0 : Reach.DetailsBit;
        foreach (var alias in statement.Aliases)
        {
            if (alias.Kind == IdentifierKind.CustomerId)
            {
                continue;
            }

            if (alias.Digest != (alias.Kind == IdentifierKind.Email ? person.Reach.Email : person.Reach.Phone))
            {
                return false;
            }

            kinds |= Reach.Bit(alias.Kind);
        }

        return true;
    }

    /// <summary>Applies a webhook: its anchor, its identifiers and its claims. Returns the anchor.</summary>
    public PersonId Take(Statement statement)
    {
        var anchor = AnchorFor(statement.Anchor);
        if (_claims[anchor].Add(statement))
        {
            Changes.Claimed.Add(anchor);
            Changes.Affected.Add(RootOf(anchor));
        }

        foreach (var claimed in statement.Aliases.AsSpan(1))
        {
            Claim(claimed, anchor, statement.At);
        }

        return anchor;
    }

    /// <summary>
    /// Applies what a stored webhook of a known anchor repeated. If an address has moved to a person outside the loaded set, it moved by a
    /// claim that was compared with this one at that time.
    /// </summary>
    public void TakeReclaimed(Statement statement)
    {
        if (statement.Aliases.Skip(1).Any(alias => BindingOf(alias.Digest)?.Owner is not { } owner || _people.ContainsKey(owner)))
        {
            Take(statement);
            return;
        }

        var anchor = AnchorFor(statement.Anchor);
        if (_claims[anchor].Add(statement))
        {
            Changes.Claimed.Add(anchor);
        }
    }

    /// <summary>The person at which the links end.</summary>
    public PersonId RootOf(PersonId person)
    {
        var known = _people[person];
        while (known.Owner is { } owner)
        {
            known = _people[owner];
        }

        return known.Id;
    }

    /// <summary>The anchors of each person whose claims are loaded, by root.</summary>
    public ILookup<PersonId, PersonId> Groups() => _claims.Keys.ToLookup(RootOf);

    /// <summary>The identifiers by which a root is reached now, from the claims of all its anchors.</summary>
    public (PersonIdentifiers Identifiers, Reach Reach) Compose(PersonId root, IEnumerable<PersonId> anchors)
    {
        IdentifierClaim? email = null;
        IdentifierClaim? phone = null;
        IdentifierClaims? detailed = null;
        foreach (var own in anchors.Select(anchor => _claims[anchor]))
        {
            foreach (var claim in own.Addresses.Where(claim => IsOf(claim.Address, root)))
            {
                email = claim.Address.Kind == IdentifierKind.Email && claim.IsLaterThan(email) ? claim : email;
                phone = claim.Address.Kind == IdentifierKind.Phone && claim.IsLaterThan(phone) ? claim : phone;
            }

            detailed = IsLater(own, detailed) ? own : detailed;
        }

        var identifiers = new PersonIdentifiers(_claims[root].CustomerId, email?.Text, phone?.Text, phone?.Country ?? "")
        {
            Details = detailed?.Details,
            Hashed = (email?.Hashed ?? HashedFields.None) | (phone?.Hashed ?? HashedFields.None),
            CanonicalEmail = email?.Canonical,
            CanonicalPhone = phone?.Canonical,
            Parser = Math.Max(email?.Parser ?? 0, phone?.Parser ?? 0),
        };
        return (identifiers, new Reach(email?.Address.Digest, phone?.Address.Digest, detailed?.DetailsDigest));
    }

    /// <summary>
    /// Addresses claimed for a person's anchors, regardless of their owner: their bindings must be loaded before the person is composed.
    /// </summary>
    public IEnumerable<Alias> ClaimedAliases() => _claims.Values.SelectMany(own => own.Addresses).Select(claim => claim.Address);

    private static bool IsLater(IdentifierClaims own, IdentifierClaims? other)
    {
        if (own.DetailsDigest is not { } digest)
        {
            return false;
        }

        return other is null
            || own.DetailsAt > other.DetailsAt
            || (own.DetailsAt == other.DetailsAt && digest.Value.CompareTo(other.DetailsDigest!.Value.Value) > 0);
    }

    private bool IsOf(Alias address, PersonId root)
    {
        // An address without a binding was erased with another person; one whose holder is not loaded does not belong to this person.
        return _bindings.TryGetValue(address.Digest, out var binding)
            && (binding.Owner ?? binding.Anchor) is { } holder
            && LeadsTo(holder, root);
    }

    // For everyone that belongs to the root, all people on the path are loaded; so a path that leaves the loaded set leads to another
    // person.
    private bool LeadsTo(PersonId person, PersonId root)
    {
        while (_people.TryGetValue(person, out var known))
        {
            if (known.Owner is not { } owner)
            {
                return known.Id == root;
            }

            person = owner;
        }

        return false;
    }

    private PersonId AnchorFor(Alias alias)
    {
        if (_anchors.TryGetValue(alias.Digest, out var known))
        {
            return known;
        }

        var binding = _bindings.GetValueOrDefault(alias.Digest, new AliasBinding(alias, null, null, default));
        var made = new KnownPerson(newPerson(), alias, binding.Owner, Revision: 0, StreamVersion: 0, default);
        Load(made);
        _claims[made.Id] = new IdentifierClaims();
        Put(binding with { Anchor = made.Id });
        Changes.Made.Add(made.Id);
        Changes.Affected.Add(made.Id);
        if (binding.Owner is not null)
        {
            Changes.Linked.Add(made.Id);
        }

        return made.Id;
    }

    private void Claim(Alias address, PersonId claimant, DateTimeOffset at)
    {
        var binding = _bindings.GetValueOrDefault(address.Digest, new AliasBinding(address, null, null, default));
        if (binding.Owner is { } owner && !Beats(claimant, at, owner, LastClaim(binding, owner)))
        {
            return;
        }

        if (binding.Owner is { } before)
        {
            Changes.Affected.Add(RootOf(before));
        }

        if (binding.Anchor is { } linked && binding.Owner != claimant)
        {
            Changes.Affected.Add(RootOf(linked));
            _people[linked] = _people[linked] with { Owner = claimant };
            Changes.Linked.Add(linked);
        }

        Put(binding with { Owner = claimant, ClaimedAt = at });
        Changes.Affected.Add(RootOf(claimant));
    }

    // The owner may have repeated the claim after the first one; the owner's claims have the latest time.
    private DateTimeOffset LastClaim(AliasBinding binding, PersonId owner)
    {
        var statement = _claims.GetValueOrDefault(owner)?.At(binding.Alias.Digest);
        return statement is { } at && at > binding.ClaimedAt ? at : binding.ClaimedAt;
    }

    private bool Beats(PersonId claimant, DateTimeOffset at, PersonId owner, DateTimeOffset ownerAt)
    {
        var (claimantAnchor, ownerAnchor) = (_people[claimant].Anchor, _people[owner].Anchor);
        if (claimantAnchor.Kind != ownerAnchor.Kind)
        {
            return claimantAnchor.Kind < ownerAnchor.Kind;
        }

        return at > ownerAt || (at == ownerAt && claimantAnchor.Digest.Value.CompareTo(ownerAnchor.Digest.Value) > 0);
    }

    private void Put(AliasBinding binding)
    {
        _bindings[binding.Alias.Digest] = binding;
        Changes.Bindings.Add(binding.Alias.Digest);
    }
}

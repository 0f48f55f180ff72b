using AudienceSync.Domain.Events;
using AudienceSync.Domain.Identity;
using AudienceSync.Host.Privacy;

namespace AudienceSync.Host.Ingest.Append;

/// <summary>
/// Turns a batch of requests and the stored state of their events and aliases into the rows to write: detects duplicates, decides which
/// person each event is about, numbers the event in its stream, and creates new people, links and identifier revisions. No I/O; all
/// randomness is an argument.
/// <para>
/// Most webhooks are about a known person and have no new information about that person: they need only the person's anchor. The others are
/// <see cref="Contested"/>; for them everyone they may affect must be loaded before <see cref="Write"/>.
/// </para>
/// </summary>
internal sealed class AppendPlanner(Vault vault, LinkLimit limit, Func<PersonId> newPerson, Func<byte[]> newSalt)
{
    private readonly HashSet<Guid> _known = [];
    private readonly HashSet<AliasDigest> _lookedUp = [];
    private readonly HashSet<AliasDigest> _contested = [];
    private readonly Dictionary<PersonId, (byte[] Salt, PersonIdentifiers Identifiers)> _opened = [];
    private readonly List<PendingEvent> _fresh = [];
    private readonly List<PendingEvent> _duplicates = [];
    private readonly HashSet<PersonId> _touched = [];
    private readonly Dictionary<PersonId, Linking> _linking = [];
    private IdentityResolver _resolver = new(newPerson);

    /// <summary>The ids that are already in the log. Filled by the caller before <see cref="Sort"/>.</summary>
    public HashSet<Guid> Known => _known;

    public IdentityResolver Resolver => _resolver;

    /// <summary>Aliases that were looked up in the store.</summary>
    public HashSet<AliasDigest> LookedUp => _lookedUp;

    /// <summary>Aliases of webhooks that have new information about a known person.</summary>
    public IReadOnlyCollection<AliasDigest> Contested => _contested;

    public void Clear()
    {
        _known.Clear();
        _opened.Clear();
        _fresh.Clear();
        _duplicates.Clear();
        _touched.Clear();
        _linking.Clear();
        DropLoaded();
    }

    /// <summary>Drops the people loaded so far, because they cannot be trusted.</summary>
    public void DropLoaded()
    {
        _lookedUp.Clear();
        _contested.Clear();
        _resolver = new IdentityResolver(newPerson);
    }

    /// <summary>First half: detects duplicates, and the webhooks for which more must be loaded.</summary>
    public void Classify(IReadOnlyList<PendingRequest> batch)
    {
        foreach (var pending in batch.SelectMany(request => request.Events).Where(pending => !pending.IsErased))
        {
            pending.IsUnlinkable = false;
            pending.Duplicate = !_known.Add(pending.Id.Value);
            if (pending.Duplicate)
            {
                _duplicates.Add(pending);
                continue;
            }

            _fresh.Add(pending);
            var known = _resolver.AnchorOf(pending.Who.Anchor.Digest);
            if (known is null ? IsContested(pending.Who) : !IdentityResolver.IsAlreadyKnown(known, pending.Who, out _))
            {
                _contested.UnionWith(pending.Who.Aliases.Select(alias => alias.Digest));
            }
        }
    }

    /// <summary>The identifiers by which a person whose revision was loaded can be reached.</summary>
    public PersonIdentifiers IdentifiersOf(PersonId person) => _opened[person].Identifiers;

    /// <summary>Takes a known anchor's current revision, sealed.</summary>
    public void LoadRevision(PersonId person, byte[] salt, short keyVersion, byte[] cipher)
    {
        var revision = vault.Open(person, _resolver.Person(person).Revision, keyVersion, salt, cipher);
        _opened[person] = (salt, revision.Identifiers);
        _resolver.Load(person, revision.Own);
    }

    /// <summary>Takes whether a known anchor still links.</summary>
    public void LoadLinking(PersonId person, Linking linking)
    {
        if (linking != Linking.Limited)
        {
            _linking[person] = linking;
        }
    }

    /// <summary>Second half: people, revisions, versions, rows.</summary>
    public void Write(IReadOnlyList<PendingRequest> batch, AppendColumns rows)
    {
        foreach (var pending in _fresh)
        {
            WriteEvent(pending, rows);
            rows.Counts.Add(pending);
        }

        rows.Counts.Finish();
        foreach (var pending in _duplicates)
        {
            rows.Duplicates.Add(pending);
        }

        ShareUnlinkable(batch);

        WriteLinks(rows);
        WriteRevisions(rows);
        WriteStreams(rows);
        foreach (var digest in _resolver.Changes.Bindings)
        {
            (_resolver.IsStored(digest) ? rows.ChangedAliases : rows.NewAliases).Add(_resolver.BindingOf(digest)!.Value);
        }

        foreach (var request in batch)
        {
            var events = request.Events.Count(pending => pending is { Duplicate: false, IsErased: false, IsUnlinkable: false });
            if (events > 0)
            {
                rows.AddBody(events, request.KeptBody());
            }

            rows.Quarantined.AddRange(request.Quarantined.Where(entry => entry.Mention?.Erasure is null));
        }
    }

    // A new person none of whose identifiers is stored needs nothing loaded.
    private bool IsContested(Statement statement) =>
        statement.Aliases.Any(alias => _resolver.BindingOf(alias.Digest) is not null || !_lookedUp.Contains(alias.Digest));

    private void WriteEvent(PendingEvent pending, AppendColumns rows)
    {
        var known = _resolver.AnchorOf(pending.Who.Anchor.Digest);
        if (known is not null && _resolver.ClaimsOf(known.Id) is null)
        {
            var data = IdentityResolver.IsAlreadyKnown(known, pending.Who, out var kinds)
                ? pending.Data
                : throw new InvalidOperationException("The people of a webhook with new information were not loaded.");
            data = kinds == 0 ? data : EventJson.WithClaimedKinds(data, known.Revision, kinds);
            rows.AddEvent(pending.Id.Value, known.Id, NextVersion(known.Id), pending.Type, data);
            return;
        }

        if (known is not null && !MayLink(known.Id, pending.Who, rows))
        {
            WriteUnlinked(known.Id, pending, rows);
            return;
        }

        var anchor = _resolver.Take(pending.Who);
        rows.AddEvent(pending.Id.Value, anchor, NextVersion(anchor), pending.Type, pending.Data);
    }

    // The event is appended to its own stream, so that a removal is applied; none of the other identifiers is linked to this person.
    private void WriteUnlinked(PersonId anchor, PendingEvent pending, AppendColumns rows)
    {
        pending.IsUnlinkable = LinkLimit.MustWait(pending.Type, pending.Data);
        if (!pending.IsUnlinkable)
        {
            rows.AddEvent(pending.Id.Value, anchor, NextVersion(anchor), pending.Type, pending.Data);
        }
    }

    // A copy in the same batch was classified as a duplicate of an event that is now left out.
    private void ShareUnlinkable(IReadOnlyList<PendingRequest> batch)
    {
        var ids = _fresh.Where(pending => pending.IsUnlinkable).Select(pending => pending.Id).ToHashSet();
        if (ids.Count > 0)
        {
            foreach (var copy in batch.SelectMany(request => request.Events).Where(pending => pending.Duplicate && ids.Contains(pending.Id)))
            {
                copy.IsUnlinkable = true;
            }
        }
    }

    private bool MayLink(PersonId anchor, Statement claim, AppendColumns rows)
    {
        var linking = _linking.GetValueOrDefault(anchor);
        if (linking == Linking.Stopped)
        {
            return !LinkLimit.ClaimsNew(_resolver.ClaimsOf(anchor)!, claim);
        }

        if (linking == Linking.Allowed || limit.Exceeded(_resolver.ClaimsOf(anchor)!, claim) is not { } kind)
        {
            return true;
        }

        _linking[anchor] = Linking.Stopped;
        rows.LinkStops.Add((anchor, kind));
        return false;
    }

    private void WriteLinks(AppendColumns rows)
    {
        foreach (var linked in _resolver.Changes.Linked)
        {
            var owner = _resolver.Person(linked).Owner!.Value;
            var version = NextVersion(linked);
            var id = EventId.Derive("audiencesync", $"linked/{linked}/{version}");
            rows.AddEvent(id.Value, linked, version, EventTypes.Linked, EventJson.Write(new PersonLinked(owner)));
        }
    }

    // One new revision per person and commit, however many webhooks of the batch have new information about that person. The first revision
    // of a person needs no event: nothing can have been delivered under an earlier one.
    private void WriteRevisions(AppendColumns rows)
    {
        var changes = _resolver.Changes;
        var groups = _resolver.Groups();
        foreach (var person in changes.Affected.Select(_resolver.RootOf).Concat(changes.Claimed).Concat(changes.Made).ToHashSet())
        {
            var known = _resolver.Person(person);
            if (known.Owner is null)
            {
                var (identifiers, reach) = _resolver.Compose(person, groups[person]);
                Revise(known, identifiers, reach, rows);
            }
            else if (known.Revision == 0)
            {
                Revise(known, new PersonIdentifiers(null, null, null, ""), default, rows);
            }
            else if (changes.Claimed.Contains(person))
            {
                Seal(known, _opened[person].Identifiers, rows);
            }
        }

        foreach (var linked in changes.Linked.Where(linked => !changes.Made.Contains(linked)))
        {
            rows.ChangedPeople.Add(_resolver.Person(linked), _opened[linked].Salt);
        }
    }

    private void Revise(KnownPerson known, PersonIdentifiers identifiers, Reach reach, AppendColumns rows)
    {
        var isNew = known.Revision == 0;
        if (!isNew && reach == known.Reach)
        {
            // The person has more claims than identifiers used for delivery. The delivery identifiers of a revision never change: they may
            // already be delivered.
            Seal(known, _opened[known.Id].Identifiers, rows);
            return;
        }

        known = known with { Revision = known.Revision + 1, Reach = reach };
        _resolver.Update(known);
        if (isNew)
        {
            _opened[known.Id] = (newSalt(), identifiers);
            rows.NewPeople.Add(known, _opened[known.Id].Salt);
        }
        else
        {
            rows.ChangedPeople.Add(known, _opened[known.Id].Salt);
            var id = EventId.Derive("audiencesync", $"identifiers/{known.Id}/{known.Revision}");
            rows.AddEvent(
                id.Value, known.Id, NextVersion(known.Id), EventTypes.IdentifiersChanged, EventJson.Write(new PersonIdentifiersChanged(known.Revision)));
        }

        Seal(known, identifiers, rows);
    }

    private void Seal(KnownPerson known, PersonIdentifiers identifiers, AppendColumns rows)
    {
        var revision = new IdentifierRevision(_resolver.ClaimsOf(known.Id)!, identifiers);
        var columns = _resolver.Changes.Made.Contains(known.Id) ? rows.NewRevisions : rows.FurtherRevisions;
        columns.Add(known.Id, known.Revision, vault.Seal(known.Id, known.Revision, _opened[known.Id].Salt, revision), known.Reach);
    }

    private void WriteStreams(AppendColumns rows)
    {
        foreach (var person in _touched)
        {
            rows.AddStream(_resolver.Person(person), _resolver.Changes.Made.Contains(person));
        }
    }

    private long NextVersion(PersonId person)
    {
        var known = _resolver.Person(person);
        var next = known with { StreamVersion = known.StreamVersion + 1 };
        _resolver.Update(next);
        _touched.Add(person);
        return next.StreamVersion;
    }
}

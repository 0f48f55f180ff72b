using AudienceSync.Domain.Events;
using AudienceSync.Domain.Identity;
using AudienceSync.Host.Privacy;

namespace AudienceSync.Host.Storage.Log;

/// <summary>
/// Turns a batch of requests and what the store knows of their events and aliases into the rows to write: tells duplicates, decides who each
/// event speaks of, numbers it in its stream, and makes new people and identifier revisions. No I/O; all randomness is an argument.
/// </summary>
internal sealed class AppendPlanner(Vault vault, Func<PersonId> newPerson, Func<byte[]> newSalt)
{
    private readonly HashSet<Guid> _known = [];
    private readonly Dictionary<PersonId, byte[]> _salts = [];
    private readonly Dictionary<PersonId, IdentifierRevision> _revisions = [];
    private readonly List<(PendingEvent Event, PersonId Person)> _fresh = [];
    private readonly Dictionary<PersonId, List<PendingEvent>> _changed = [];
    private readonly HashSet<PersonId> _new = [];
    private readonly HashSet<PersonId> _touched = [];
    private IdentityBook _book = new();

    /// <summary>The ids in the log already. Filled by the caller before <see cref="Resolve"/>.</summary>
    public HashSet<Guid> Known => _known;

    public IdentityBook Book => _book;

    public void Clear()
    {
        _known.Clear();
        _salts.Clear();
        _revisions.Clear();
        _fresh.Clear();
        _changed.Clear();
        _new.Clear();
        _touched.Clear();
        _book = new IdentityBook();
    }

    /// <summary>Drops who was made known so far, because it is not to be trusted.</summary>
    public void Forget() => _book = new IdentityBook();

    /// <summary>First half: duplicates and people. Returns the known people whose current revision is needed for the second half.</summary>
    public IReadOnlyList<Guid> Resolve(IReadOnlyList<PendingRequest> batch)
    {
        var needed = new List<Guid>();
        foreach (var pending in batch.SelectMany(request => request.Events))
        {
            pending.Duplicate = !_known.Add(pending.Id.Value);
            if (pending.Duplicate)
            {
                continue;
            }

            var resolution = _book.Resolve(pending.Aliases, pending.OccurredAt, newPerson());
            _fresh.Add((pending, resolution.Person));
            if (resolution.IsNew)
            {
                _new.Add(resolution.Person);
                _salts[resolution.Person] = newSalt();
            }

            if (resolution.NewAlias)
            {
                if (!_changed.TryGetValue(resolution.Person, out var webhooks))
                {
                    _changed[resolution.Person] = webhooks = [];
                    if (!resolution.IsNew)
                    {
                        needed.Add(resolution.Person.Value);
                    }
                }

                webhooks.Add(pending);
            }
        }

        return needed;
    }

    /// <summary>Takes a known person's current revision, sealed.</summary>
    public void LoadRevision(PersonId person, byte[] salt, short keyVersion, byte[] cipher)
    {
        _salts[person] = salt;
        _revisions[person] = vault.Open(person, _book.Person(person).Revision, keyVersion, salt, cipher);
    }

    /// <summary>Second half: revisions, versions, rows.</summary>
    public void Write(IReadOnlyList<PendingRequest> batch, AppendColumns rows)
    {
        WriteRevisions(rows);
        foreach (var (pending, person) in _fresh)
        {
            rows.AddEvent(pending.Id.Value, person, NextVersion(person), pending.Type, pending.Data);
        }

        foreach (var person in _touched)
        {
            rows.AddStream(_book.Person(person), _new.Contains(person));
        }

        foreach (var binding in _book.ChangedBindings)
        {
            rows.AddAlias(binding, _book.IsMoved(binding.Alias.Digest));
        }

        foreach (var request in batch)
        {
            var events = request.Events.Count(pending => !pending.Duplicate);
            if (events > 0)
            {
                rows.AddBody(events, request.Body.Span);
            }

            rows.Quarantined.AddRange(request.Quarantined);
        }
    }

    // One new revision a person and commit, however many webhooks of the batch named him anew. The first revision of a person needs no
    // event: nothing can have been delivered under an earlier one.
    private void WriteRevisions(AppendColumns rows)
    {
        foreach (var (person, webhooks) in _changed)
        {
            var before = _revisions.GetValueOrDefault(person);
            var merged = before;
            foreach (var pending in webhooks)
            {
                merged = merged is null
                    ? IdentifierRevision.First(pending.Identifiers, pending.OccurredAt)
                    : merged.Merge(pending.Identifiers, pending.OccurredAt);
            }

            var known = _book.Person(person);
            if (before is not null && before.Identifiers == merged!.Identifiers)
            {
                // An older address, or a known one said again: the alias leads to him, but what he is reached by stays.
                rows.AddPerson(known, _new.Contains(person) ? _salts[person] : null);
                rows.AddRevision(person, known.Revision, vault.Seal(person, known.Revision, _salts[person], merged));
                continue;
            }

            known = known with { Revision = known.Revision + 1 };
            _book.Update(known);
            rows.AddPerson(known, _new.Contains(person) ? _salts[person] : null);
            rows.AddRevision(person, known.Revision, vault.Seal(person, known.Revision, _salts[person], merged!));
            if (before is not null)
            {
                var changed = new PersonIdentifiersChanged(known.Revision);
                var id = EventId.Derive("audiencesync", $"identifiers/{person}/{known.Revision}");
                rows.AddEvent(id.Value, person, NextVersion(person), EventTypes.IdentifiersChanged, EventJson.Write(changed));
            }
        }
    }

    private long NextVersion(PersonId person)
    {
        var known = _book.Person(person);
        var next = known with { StreamVersion = known.StreamVersion + 1 };
        _book.Update(next);
        _touched.Add(person);
        return next.StreamVersion;
    }
}

using AudienceSync.Domain.Events;
using AudienceSync.Domain.Identity;
using AudienceSync.Host.Privacy;

namespace AudienceSync.Host.Ingest.Append;

/// <summary>
/// The part of a plan that is about people: once all events of a batch are applied to its people, adds the rows and events of those that
/// changed, their links, identifier revisions, aliases and streams.
/// </summary>
internal sealed class PeoplePlanner(Vault vault, Func<byte[]> newSalt)
{
    public void Add(KnownState known, AppendColumnsSql rows)
    {
        AddLinks(known, rows);
        AddRevisions(known, rows);
        foreach (var person in rows.Streams)
        {
            rows.AddStream(known.People.Person(person), known.People.Changes.Made.Contains(person));
        }

        foreach (var digest in known.People.Changes.Bindings)
        {
            (known.People.IsStored(digest) ? rows.ChangedAliases : rows.NewAliases).Add(known.People.BindingOf(digest)!.Value);
        }
    }

    private static void AddLinks(KnownState known, AppendColumnsSql rows)
    {
        foreach (var linked in known.People.Changes.Linked)
        {
            var owner = known.People.Person(linked).Owner!.Value;
            var version = known.NextVersion(linked);
            var id = EventId.Derive("audiencesync", $"linked/{linked}/{version}");
            rows.AddEvent(id.Value, linked, version, EventTypes.Linked, EventJson.Write(new PersonLinked(owner)));
        }
    }

    // One new revision per person and commit, however many webhooks of the batch have new information about that person. The first revision
    // of a person needs no event: nothing can have been delivered under an earlier one.
    private void AddRevisions(KnownState known, AppendColumnsSql rows)
    {
        var changes = known.People.Changes;
        var groups = known.People.Groups();
        foreach (var id in changes.Affected.Select(known.People.RootOf).Concat(changes.Claimed).Concat(changes.Made).ToHashSet())
        {
            var person = known.People.Person(id);
            if (person.Owner is null)
            {
                var (identifiers, reach) = known.People.Compose(id, groups[id]);
                Revise(person, identifiers, reach, known, rows);
            }
            else if (person.Revision == 0)
            {
                Revise(person, new PersonIdentifiers(null, null, null, ""), default, known, rows);
            }
            else if (changes.Claimed.Contains(id))
            {
                Seal(person, known.Revisions[id].Identifiers, known, rows);
            }
        }

        foreach (var linked in changes.Linked.Where(linked => !changes.Made.Contains(linked)))
        {
            rows.ChangedPeople.Add(known.People.Person(linked), known.Revisions[linked].Salt);
        }
    }

    private void Revise(KnownPerson person, PersonIdentifiers identifiers, Reach reach, KnownState known, AppendColumnsSql rows)
    {
        var isNew = person.Revision == 0;
        if (!isNew && reach == person.Reach)
        {
            // The person has more claims than identifiers used for delivery. The delivery identifiers of a revision never change: they may
            // already be delivered.
            Seal(person, known.Revisions[person.Id].Identifiers, known, rows);
            return;
        }

        person = person with { Revision = person.Revision + 1, Reach = reach };
        known.People.Update(person);
        if (isNew)
        {
            known.Revisions[person.Id] = (newSalt(), identifiers);
            rows.NewPeople.Add(person, known.Revisions[person.Id].Salt);
        }
        else
        {
            rows.ChangedPeople.Add(person, known.Revisions[person.Id].Salt);
            var id = EventId.Derive("audiencesync", $"identifiers/{person.Id}/{person.Revision}");
            var changed = EventJson.Write(new PersonIdentifiersChanged(person.Revision));
            rows.AddEvent(id.Value, person.Id, known.NextVersion(person.Id), EventTypes.IdentifiersChanged, changed);
        }

        Seal(person, identifiers, known, rows);
    }

    private void Seal(KnownPerson person, PersonIdentifiers identifiers, KnownState known, AppendColumnsSql rows)
    {
        var revision = new IdentifierRevision(known.People.ClaimsOf(person.Id)!, identifiers);
        var columns = known.People.Changes.Made.Contains(person.Id) ? rows.NewRevisions : rows.FurtherRevisions;
        var cipher = vault.Seal(person.Id, person.Revision, known.Revisions[person.Id].Salt, revision);
        columns.Add(person.Id, person.Revision, cipher, person.Reach);
    }
}

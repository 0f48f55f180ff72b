using AudienceSync.Domain.Events;
using AudienceSync.Domain.Identity;
using AudienceSync.Host.Ingest.Quarantine;
using AudienceSync.Host.Privacy;

namespace AudienceSync.Host.Ingest.Append;

/// <summary>
/// A function from a batch of requests, and what is known about their events and people, to the rows to write and one outcome for each
/// item: finds duplicates and erased people, decides which person each event is about, and numbers the event in its stream. No I/O; all
/// randomness is an argument. The requests are not changed; the buffers of the rows are reused for every plan.
/// <para>
/// <b>Two steps, because of what must be known.</b> Most webhooks are about a known person and have no new information about that person:
/// they need only the person's anchor. The others are contested; for them everyone they may affect must be loaded between
/// <see cref="Classify"/> and <see cref="Create"/>.
/// </para>
/// </summary>
internal sealed class AppendPlanner(Vault vault, LinkLimit limit, Func<byte[]> newSalt)
{
    private readonly PeoplePlanner _people = new(vault, newSalt);
    private readonly AppendColumnsSql _rows = new();
    private readonly HashSet<Guid> _seen = [];

    /// <summary>First step: duplicates, erased people, and the events for which more must be loaded.</summary>
    public ClassifiedBatch Classify(IReadOnlyList<PendingRequest> batch, KnownState known)
    {
        _seen.Clear();
        var items = new ItemOutcome[SizeOf(batch)];
        HashSet<AliasDigest>? contested = null;
        var next = 0;
        for (var i = 0; i < batch.Count; i++)
        {
            foreach (var pending in batch[i].Events)
            {
                var outcome = Classify(pending, known);
                items[next++] = outcome;
                if (outcome == ItemOutcome.Appended && IsContested(pending.Who, known))
                {
                    (contested ??= []).UnionWith(pending.Who.Aliases.Select(alias => alias.Digest));
                }
            }

            foreach (var entry in batch[i].Quarantined)
            {
                items[next++] = known.ErasureOf(entry.Named) is null ? ItemOutcome.Quarantined : ItemOutcome.PersonErased;
            }
        }

        return new ClassifiedBatch(items, (IReadOnlyCollection<AliasDigest>?)contested ?? []);
    }

    /// <summary>Second step: rows and outcomes.</summary>
    public AppendPlan Create(IReadOnlyList<PendingRequest> batch, in ClassifiedBatch classified, KnownState known)
    {
        _rows.Clear();
        var items = (ItemOutcome[])classified.Items.Clone();
        var unlinkable = AddEvents(batch, items, known);
        _rows.Counts.Finish();
        AddDuplicates(batch, items, unlinkable);
        _people.Add(known, _rows);
        AddRequests(batch, items, known);
        return new AppendPlan(_rows, items);
    }

    private static int SizeOf(IReadOnlyList<PendingRequest> batch)
    {
        var size = 0;
        for (var i = 0; i < batch.Count; i++)
        {
            size += batch[i].Size;
        }

        return size;
    }

    // An event of an erased person is not kept, so a later one with its id and other identifiers is not a duplicate of it.
    private ItemOutcome Classify(PendingEvent pending, KnownState known) =>
        known.ErasureOf(pending.Aliases) is not null ? ItemOutcome.PersonErased
        : known.Events.Contains(pending.Id.Value) || !_seen.Add(pending.Id.Value) ? ItemOutcome.Duplicate
        : ItemOutcome.Appended;

    // A new person none of whose identifiers is stored needs nothing loaded.
    private static bool IsContested(Statement statement, KnownState known)
    {
        if (known.People.AnchorOf(statement.Anchor.Digest) is { } anchor)
        {
            return !IdentityResolver.IsAlreadyKnown(anchor, statement, out _);
        }

        foreach (var alias in statement.Aliases)
        {
            if (known.People.BindingOf(alias.Digest) is not null || !known.LookedUp.Contains(alias.Digest))
            {
                return true;
            }
        }

        return false;
    }

    // Returns the ids of the events that may not be linked and were left out; null for almost every batch.
    private HashSet<EventId>? AddEvents(IReadOnlyList<PendingRequest> batch, ItemOutcome[] items, KnownState known)
    {
        HashSet<EventId>? unlinkable = null;
        var next = 0;
        for (var i = 0; i < batch.Count; next += batch[i].Quarantined.Length, i++)
        {
            foreach (var pending in batch[i].Events)
            {
                var item = next++;
                if (items[item] != ItemOutcome.Appended)
                {
                    continue;
                }

                items[item] = AddEvent(pending, known);
                _rows.Counts.Add(pending);
                if (items[item] == ItemOutcome.Unlinkable)
                {
                    (unlinkable ??= []).Add(pending.Id);
                }
            }
        }

        return unlinkable;
    }

    private ItemOutcome AddEvent(PendingEvent pending, KnownState known)
    {
        var person = known.People.AnchorOf(pending.Who.Anchor.Digest);
        if (person is not null && known.People.ClaimsOf(person.Id) is null)
        {
            var data = IdentityResolver.IsAlreadyKnown(person, pending.Who, out var kinds)
                ? pending.Data
                : throw new InvalidOperationException("The people of a webhook with new information were not loaded.");
            data = kinds == 0 ? data : EventJson.WithClaimedKinds(data, person.Revision, kinds);
            return AddEvent(pending, person.Id, data, known);
        }

        if (person is null || MayLink(person.Id, pending.Who, known))
        {
            return AddEvent(pending, known.People.Take(pending.Who), pending.Data, known);
        }

        // Appended to its own stream, so that a removal is applied; none of the other identifiers is linked to this person.
        return LinkLimit.MustWait(pending.Type, pending.Data) ? ItemOutcome.Unlinkable : AddEvent(pending, person.Id, pending.Data, known);
    }

    private ItemOutcome AddEvent(PendingEvent pending, PersonId person, byte[] data, KnownState known)
    {
        _rows.AddEvent(pending.Id.Value, person, known.NextVersion(person), pending.Type, data);
        _rows.Steps.Add(pending, person);
        return ItemOutcome.Appended;
    }

    private bool MayLink(PersonId anchor, Statement claim, KnownState known)
    {
        var linking = known.Linking.GetValueOrDefault(anchor);
        if (linking == Linking.Stopped)
        {
            return !LinkLimit.ClaimsNew(known.People.ClaimsOf(anchor)!, claim);
        }

        if (linking == Linking.Allowed || limit.Exceeded(known.People.ClaimsOf(anchor)!, claim) is not { } kind)
        {
            return true;
        }

        known.Linking[anchor] = Linking.Stopped;
        _rows.LinkStops.Add((anchor, kind));
        return false;
    }

    // A copy in the same batch was classified as a duplicate of an event that may now have been left out.
    private void AddDuplicates(IReadOnlyList<PendingRequest> batch, ItemOutcome[] items, HashSet<EventId>? unlinkable)
    {
        var next = 0;
        for (var i = 0; i < batch.Count; next += batch[i].Quarantined.Length, i++)
        {
            foreach (var pending in batch[i].Events)
            {
                var item = next++;
                if (items[item] == ItemOutcome.Duplicate)
                {
                    _rows.Duplicates.Add(pending);
                    items[item] = unlinkable?.Contains(pending.Id) == true ? ItemOutcome.Unlinkable : ItemOutcome.Duplicate;
                }
            }
        }
    }

    private void AddRequests(IReadOnlyList<PendingRequest> batch, ItemOutcome[] items, KnownState known)
    {
        var next = 0;
        for (var i = 0; i < batch.Count; next += batch[i].Size, i++)
        {
            var request = batch[i];
            var outcomes = items.AsSpan(next, request.Size);
            var events = outcomes.Count(ItemOutcome.Appended);
            if (events > 0)
            {
                _rows.AddBody(events, request.KeptBody(outcomes), request.IsReport);
            }

            for (var item = 0; item < outcomes.Length; item++)
            {
                if (outcomes[item] == ItemOutcome.Quarantined)
                {
                    _rows.Quarantined.Add(request.Quarantined[item - request.Events.Length]);
                }
                else if (outcomes[item] == ItemOutcome.PersonErased)
                {
                    _rows.AddRefused(known.ErasureOf(request.AliasesOf(item))!.Value);
                }
            }
        }
    }
}

using AudienceSync.Domain.Audiences;
using AudienceSync.Domain.Events;
using AudienceSync.Domain.Identity;
using AudienceSync.Domain.Permission;

namespace AudienceSync.Domain.Membership;

/// <summary>Reads the events of one page.</summary>
internal sealed class PageReader(FoldMode mode, int events)
{
    private readonly PageFacts _facts = new(mode, events);
    private readonly KeyNames _names = new();
    private readonly List<PermissionFact> _stated = [];

    public static PageReading Read(IReadOnlyList<LogEvent> events, FoldMode mode)
    {
        var reader = new PageReader(mode, events.Count);
        foreach (var logged in events)
        {
            if (reader.Read(logged) is { } unknownKey)
            {
                return new PageReading(null, unknownKey);
            }
        }

        return new PageReading(reader._facts, null);
    }

    // Returns the key of the event when it is unknown.
    private string? Read(LogEvent logged)
    {
        if (!MembershipFact.TryRead(logged.Type, logged.Data, _names, out var fact))
        {
            ReadOther(logged);
            return null;
        }

        if (mode.Keys.ByName(fact.AudienceKey) is not { } key)
        {
            return fact.AudienceKey;
        }

        if (mode.Scope.Includes(key.KeyId))
        {
            Add(key, logged, fact, counts: true);
        }

        foreach (var successor in mode.Keys.SuccessorsOf(key.KeyId))
        {
            if (mode.IsFoldedFor(successor, logged.Position))
            {
                Add(successor, logged, fact, counts: false);
            }
        }

        CountLate(key.KeyId, logged);
        PermissionFact.Read(logged.Type, logged.Data, fact.OccurredAt, _stated);
        AddPermissions(key.KeyId, logged.Person);
        return null;
    }

    private void ReadOther(LogEvent logged)
    {
        _facts.Others++;
        PermissionFact.Read(logged.Type, logged.Data, _stated);
        AddPermissions(keyId: 0, logged.Person);
        switch (logged.Type)
        {
            case EventTypes.IdentifiersChanged:
                _facts.Reidentified.Add(logged.Person);
                break;
            case EventTypes.Linked:
                var owner = ((PersonLinked)EventJson.Read(logged.Type, logged.Data)).Owner;
                _facts.Links[logged.Person] = owner;
                _facts.LinkFacts.Add(new PageFacts.LinkFact(_facts.Facts.Count, logged.Person, owner, logged.RecordedAt));
                break;
            default:
                break;
        }
    }

    // The fact of a successor that is not yet complete needs its predecessor's row, too: it is taken over before the fact is applied.
    private void Add(PublishedKey key, LogEvent logged, MembershipFact fact, bool counts)
    {
        var id = new RowId(logged.Person, key.KeyId);
        _facts.Facts.Add(new PageFacts.KeyFact(id, key, fact, logged.Position.Value, logged.RecordedAt, counts));
        _facts.NeedRow(key.KeyId, logged.Person);
        foreach (var successor in mode.OpenSuccessors)
        {
            if (successor.KeyId == key.KeyId)
            {
                _facts.NeedRow(successor.InheritsFrom!.Value, logged.Person);
            }
        }
    }

    private void AddPermissions(int keyId, PersonId person)
    {
        foreach (var fact in _stated)
        {
            _facts.Permissions.Add(new PageFacts.PermissionStated(keyId, person, fact));
        }

        _stated.Clear();
    }

    private void CountLate(int keyId, LogEvent logged)
    {
        foreach (var drain in mode.Drains)
        {
            if (drain.IsLate(keyId, logged.Position))
            {
                var known = _facts.Late.GetValueOrDefault(drain.DrainId)?.Events ?? 0;
                _facts.Late[drain.DrainId] = new LateCount(drain.DrainId, known + 1, logged.RecordedAt);
            }
        }
    }
}

using System.Runtime.InteropServices;
using AudienceSync.Domain.Events;
using AudienceSync.Domain.Identity;
using AudienceSync.Domain.Membership;
using AudienceSync.Host.Storage.Audiences;
using AudienceSync.Host.Storage.Membership;

namespace AudienceSync.Host.Projecting;

/// <summary>
/// Folds one page of the log over the rows it touches, with the Domain's rule. No I/O and no clock: what it needs is given to it, so the live
/// projector, an expiry sweep and a rebuild are the same code.
/// </summary>
/// <remarks>A row gets a new changed_pos only when somebody who syncs it must look again: its status changed, or his identifiers did.</remarks>
public sealed class MembershipFold(AudienceKeys keys)
{
    private readonly KeyNames _names = new();
    private readonly Dictionary<(int KeyId, PersonId Person), MembershipRow> _rows = [];
    private readonly HashSet<(int KeyId, PersonId Person)> _touched = [];
    private readonly List<(PublishedKey Key, PersonId Person, MembershipFact Fact, long Position)> _facts = [];

    public List<int> KeyIds { get; } = [];

    public List<Guid> People { get; } = [];

    /// <summary>People whose identifiers changed on this page: all rows of theirs must be given to <see cref="Load"/>.</summary>
    public List<Guid> Reidentified { get; } = [];

    public int Applied { get; private set; }

    public int Superseded { get; private set; }

    public IReadOnlyCollection<MembershipRow> Changed => [.. _touched.Select(id => _rows[id])];

    /// <summary>Reads the page and notes which rows it needs.</summary>
    public void Begin(IReadOnlyList<LogEvent> events)
    {
        _rows.Clear();
        _touched.Clear();
        _facts.Clear();
        KeyIds.Clear();
        People.Clear();
        Reidentified.Clear();
        (Applied, Superseded) = (0, 0);
        foreach (var logged in events)
        {
            Note(logged);
        }
    }

    /// <summary>Takes the rows as they stand.</summary>
    public void Load(IReadOnlyList<MembershipRow> rows)
    {
        foreach (var row in rows)
        {
            _rows[(row.KeyId, row.Person)] = row;
        }
    }

    /// <summary>Folds, and numbers what changed. Returns the last number given.</summary>
    public long Finish(long changedPos, DateTimeOffset now)
    {
        foreach (var (key, person, fact, position) in _facts)
        {
            changedPos = Apply(key, person, fact, position, changedPos, now);
        }

        var reidentified = Reidentified.ToHashSet();
        foreach (var row in _rows.Values.Where(row => reidentified.Contains(row.Person.Value)).ToList())
        {
            Put(row with { ChangedPos = ++changedPos });
        }

        return changedPos;
    }

    /// <summary>Rows whose window has passed become expired.</summary>
    public long Expire(IReadOnlyList<MembershipRow> rows, long changedPos, DateTimeOffset now)
    {
        Begin([]);
        foreach (var row in rows)
        {
            var status = row.State.StatusAt(keys.ById(row.KeyId).Window, now);
            if (status != row.Status)
            {
                Put(row with { Status = status, ChangedPos = ++changedPos });
            }
        }

        return changedPos;
    }

    private void Note(LogEvent logged)
    {
        if (MembershipFact.TryRead(logged.Type, logged.Data, _names, out var fact))
        {
            var key = keys.ByName(fact.AudienceKey)
                ?? throw new InvalidOperationException($"The log holds an event for {fact.AudienceKey}, which this host does not know as published.");
            _facts.Add((key, logged.Person, fact, logged.Position.Value));
            KeyIds.Add(key.KeyId);
            People.Add(logged.Person.Value);
            return;
        }

        Applied++;
        if (ReferenceEquals(logged.Type, EventTypes.IdentifiersChanged))
        {
            Reidentified.Add(logged.Person.Value);
        }
    }

    private long Apply(PublishedKey key, PersonId person, MembershipFact fact, long position, long changedPos, DateTimeOffset now)
    {
        ref var slot = ref CollectionsMarshal.GetValueRefOrAddDefault(_rows, (key.KeyId, person), out var exists);
        var before = exists ? slot!.State : MembershipState.Nothing;
        var after = before.Apply(fact);
        if (after == before)
        {
            Superseded++;
            return changedPos;
        }

        Applied++;
        var status = after.StatusAt(key.Window, now);
        var moved = !exists || slot!.Status != status;
        slot = new MembershipRow(key.KeyId, person, after, status, position, moved ? ++changedPos : slot!.ChangedPos);
        _touched.Add((key.KeyId, person));
        return changedPos;
    }

    private void Put(MembershipRow row)
    {
        _rows[(row.KeyId, row.Person)] = row;
        _touched.Add((row.KeyId, row.Person));
    }
}

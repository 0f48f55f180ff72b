using AudienceSync.Domain.Membership;
using AudienceSync.Host.EventStore;
using Npgsql;

namespace AudienceSync.Host.Projection;

/// <summary>Membership rows by column, as the array upsert takes them.</summary>
internal sealed class MembershipSql(int capacity)
{
    /// <summary>Separates names that are passed as one text and split into an array; no name contains it.</summary>
    public const char Separator = '\u001f';

    private readonly List<int> _keyIds = new(capacity);
    private readonly List<Guid> _people = new(capacity);
    private readonly List<DateTime?> _addedAt = new(capacity);
    private readonly List<DateTime?> _removedAt = new(capacity);
    private readonly List<short> _states = new(capacity);
    private readonly List<DateTime> _sinceAt = new(capacity);
    private readonly List<DateTime?> _untilAt = new(capacity);
    private readonly List<long> _eventPos = new(capacity);
    private readonly List<long> _changedPos = new(capacity);
    private readonly List<short> _restrictions = new(capacity);
    private readonly List<string?> _restrictedAt = new(capacity);

    public void Add(MembershipRow row)
    {
        _keyIds.Add(row.KeyId);
        _people.Add(row.Person.Value);
        _addedAt.Add(row.State.AddedAt?.UtcDateTime);
        _removedAt.Add(row.State.RemovedAt?.UtcDateTime);
        _states.Add((short)row.Status);
        _sinceAt.Add(row.Since.UtcDateTime);
        _untilAt.Add(row.Until?.UtcDateTime);
        _eventPos.Add(row.EventPos);
        _changedPos.Add(row.ChangedPos);
        _restrictions.Add((short)row.Restrictions);
        _restrictedAt.Add(row.RestrictedAt is { } names ? string.Join(Separator, names) : null);
    }

    public NpgsqlParameter[] Parameters() =>
        [
            Sql.Of(_keyIds),
            Sql.Of(_people),
            Sql.OfTimes(_addedAt),
            Sql.OfTimes(_removedAt),
            Sql.Of(_states),
            Sql.OfTimes(_sinceAt),
            Sql.OfTimes(_untilAt),
            Sql.Of(_eventPos),
            Sql.Of(_changedPos),
            Sql.Of(_restrictions),
            Sql.Of(_restrictedAt),
        ];
}

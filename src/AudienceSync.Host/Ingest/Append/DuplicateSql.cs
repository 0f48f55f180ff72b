using AudienceSync.Host.EventStore;
using Npgsql;
using NpgsqlTypes;

namespace AudienceSync.Host.Ingest.Append;

/// <summary>
/// The duplicates of a group commit, to be compared with the events that the log has under their ids: a retry is identical, a reused id is
/// not.
/// </summary>
internal sealed class DuplicateSql
{
    public List<Guid> Ids { get; } = [];

    public List<string> Sources { get; } = [];

    public List<byte[]> Data { get; } = [];

    /// <summary>Whether the time is compared too: a time of receipt differs with each delivery.</summary>
    public List<bool> HasTime { get; } = [];

    /// <summary>The identifiers that each duplicate names, as pairs with <see cref="AliasDigests"/>.</summary>
    public List<Guid> AliasIds { get; } = [];

    public List<Guid> AliasDigests { get; } = [];

    public void Clear()
    {
        Ids.Clear();
        Sources.Clear();
        Data.Clear();
        HasTime.Clear();
        AliasIds.Clear();
        AliasDigests.Clear();
    }

    public void Add(PendingEvent pending)
    {
        if (pending.Source is not { } source)
        {
            return;
        }

        Ids.Add(pending.Id.Value);
        Sources.Add(source);
        Data.Add(pending.Data);
        HasTime.Add(pending.HasSenderTime);
        foreach (var alias in pending.Aliases)
        {
            AliasIds.Add(pending.Id.Value);
            AliasDigests.Add(alias.Digest.Value);
        }
    }

    /// <summary>The statement that compares them.</summary>
    public NpgsqlBatchCommand Command(DateTimeOffset now) =>
        Sql.Command(
            AppendSql.ReusedIds,
            Sql.Of(Ids),
            Sql.Of(Sources),
            new NpgsqlParameter { Value = Data, NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Jsonb },
            Sql.Of(HasTime),
            Sql.Of(AliasIds),
            Sql.Of(AliasDigests),
            Sql.Of(now)
        );
}

using System.Runtime.CompilerServices;
using AudienceSync.Domain.Audiences;
using AudienceSync.Host.EventStore;

namespace AudienceSync.Host.Audiences.Diff;

/// <summary>How two key versions differ, in members who may be targeted.</summary>
/// <param name="Stays">In both.</param>
/// <param name="Enters">Only in the second.</param>
/// <param name="Leaves">Only in the first.</param>
public sealed record KeyDifference(long Stays, long Enters, long Leaves);

/// <summary>
/// The same for a remote audience that one of the two keys feeds, including the suppression and consent that apply there.
/// </summary>
public sealed record RemoteDifference(
    string Destination,
    string Remote,
    string FedBy,
    long Delivered,
    long Stays,
    long Enters,
    long Leaves
);

/// <summary>
/// The effect of a promotion: the members that would enter and leave. Each key is read once, in the order of its people, and the two are
/// merged, so a million members take seconds. It reads the current projection; the promotion itself sends the state at its own time.
/// </summary>
public sealed class KeyDiffQueries(WorkspaceDatabase database)
{
    private const string CountSql = $"""
        select count(*) filter (where f.person is not null and t.person is not null),
          count(*) filter (where f.person is null), count(*) filter (where t.person is null)
        from (select m.person from membership m where m.key_id = $1 and {TargetingSql.Anywhere}) f
        full join (select m.person from membership m where m.key_id = $2 and {TargetingSql.Anywhere}) t on t.person = f.person
        """;

    private const string RemotesSql = $"""
        select b.destination, b.remote, k.audience_key, (select count(*) from ledger l where l.binding_id = b.binding_id and l.status = 2),
          d.stays, d.enters, d.leaves
        from bindings b join accounts a on a.destination = b.destination join audience_keys k on k.key_id = b.key_id
        cross join lateral (
          select count(*) filter (where f.person is not null and t.person is not null) as stays,
            count(*) filter (where f.person is null) as enters, count(*) filter (where t.person is null) as leaves
          from (select m.person from membership m where m.key_id = $1 and {TargetingSql.Here}) f
          full join (select m.person from membership m where m.key_id = $2 and {TargetingSql.Here}) t on t.person = f.person) d
        where b.bound and b.key_id in ($1, $2) order by b.destination, b.remote
        """;

    private const string PeopleSql = $"""
        select coalesce(f.person, t.person), f.person is null
        from (select m.person from membership m where m.key_id = $1 and {TargetingSql.Anywhere}) f
        full join (select m.person from membership m where m.key_id = $2 and {TargetingSql.Anywhere}) t on t.person = f.person
        where f.person is null or t.person is null order by 1
        """;

    /// <summary>Null when the key was never published.</summary>
    public async Task<int?> KeyIdAsync(AudienceKey key, CancellationToken cancellationToken)
    {
        await using var command = Sql.Command(
            database.Query,
            "select key_id from audience_keys where audience_key = $1",
            Sql.Of(key.Value)
        );
        return await command.ExecuteScalarAsync(cancellationToken) as int?;
    }

    public async Task<KeyDifference> CountAsync(int from, int to, CancellationToken cancellationToken)
    {
        await using var command = Sql.Command(database.Query, CountSql, Sql.Of(from), Sql.Of(to));
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        await reader.ReadAsync(cancellationToken);
        return new KeyDifference(reader.GetInt64(0), reader.GetInt64(1), reader.GetInt64(2));
    }

    public async Task<IReadOnlyList<RemoteDifference>> RemotesAsync(int from, int to, CancellationToken cancellationToken)
    {
        var remotes = new List<RemoteDifference>();
        await using var command = Sql.Command(database.Query, RemotesSql, Sql.Of(from), Sql.Of(to));
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            remotes.Add(
                new RemoteDifference(
                    reader.GetString(0),
                    reader.GetString(1),
                    reader.GetString(2),
                    reader.GetInt64(3),
                    reader.GetInt64(4),
                    reader.GetInt64(5),
                    reader.GetInt64(6)
                )
            );
        }

        return remotes;
    }

    /// <summary>All people that are in only one of the two keys, in the order of their ids.</summary>
    public async IAsyncEnumerable<(Guid Person, bool Enters)> PeopleAsync(
        int from,
        int to,
        [EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        await using var command = Sql.Command(database.Query, PeopleSql, Sql.Of(from), Sql.Of(to));
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            yield return (reader.GetGuid(0), reader.GetBoolean(1));
        }
    }
}

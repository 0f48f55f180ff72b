using AudienceSync.Domain.Identity;
using AudienceSync.Domain.Membership;
using AudienceSync.Domain.Permission;
using AudienceSync.Host.EventStore;
using Npgsql;

namespace AudienceSync.Host.History;

/// <summary>A membership as shown by queries.</summary>
public sealed record MemberView(
    Guid Person,
    string AudienceKey,
    MembershipStatus Status,
    DateTimeOffset Since,
    DateTimeOffset? Until,
    DateTimeOffset? AddedAt,
    DateTimeOffset? RemovedAt,
    IReadOnlyList<string> Restrictions,
    IReadOnlyList<string> RestrictedAt
);

/// <summary>Members of an audience, and memberships of a person.</summary>
public sealed class MemberQueries(WorkspaceDatabase database)
{
    private const string Columns =
        "m.person, k.audience_key, m.state, m.since_at, m.until_at, m.added_at, m.removed_at, m.restrictions, m.restricted_at";

    private const string ListSql = $"""
        select {Columns} from membership m join audience_keys k on k.key_id = m.key_id
        where m.key_id = $1 and m.state {TargetingSql.Listed} and m.person > $2 order by m.person limit $3
        """;

    private const string PersonSql = $"""
        select {Columns} from audience_keys k join membership m on m.key_id = k.key_id and m.person = $1 and m.state <> 5
        order by k.audience_key
        """;

    // From a phone number to an email address to a customer id: three steps at most.
    private const string AliasSql = """
        select coalesce(p2.owner, p1.owner, a.owner, a.anchor) from person_aliases a
        left join people p1 on p1.person = coalesce(a.owner, a.anchor) left join people p2 on p2.person = p1.owner where a.digest = $1
        """;

    /// <summary>Present members of a key, including restricted ones, in the order of their ids, after a given one.</summary>
    public Task<IReadOnlyList<MemberView>> ListAsync(int keyId, Guid after, int limit, CancellationToken cancellationToken) =>
        ReadAsync(ListSql, [Sql.Of(keyId), Sql.Of(after), Sql.Of(limit)], cancellationToken);

    /// <summary>Every membership a person ever had.</summary>
    public Task<IReadOnlyList<MemberView>> OfPersonAsync(PersonId person, CancellationToken cancellationToken) =>
        ReadAsync(PersonSql, [Sql.Of(person.Value)], cancellationToken);

    /// <summary>The person that an identifier leads to; null when there is none.</summary>
    public async Task<PersonId?> FindAsync(AliasDigest digest, CancellationToken cancellationToken)
    {
        await using var command = Sql.Command(database.Query, AliasSql, Sql.Of(digest.Value));
        return await command.ExecuteScalarAsync(cancellationToken) is Guid person ? new PersonId(person) : null;
    }

    private async Task<IReadOnlyList<MemberView>> ReadAsync(string sql, NpgsqlParameter[] parameters, CancellationToken cancellationToken)
    {
        var members = new List<MemberView>();
        await using var command = Sql.Command(database.Query, sql, parameters);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            members.Add(
                new MemberView(
                    reader.GetGuid(0),
                    reader.GetString(1),
                    (MembershipStatus)reader.GetInt16(2),
                    new DateTimeOffset(reader.GetDateTime(3)),
                    reader.TimeOrNull(4),
                    reader.TimeOrNull(5),
                    reader.TimeOrNull(6),
                    ((TargetingRestrictions)reader.GetInt16(7)).Labels(),
                    reader.IsDBNull(8) ? [] : reader.GetFieldValue<string[]>(8)
                )
            );
        }

        return members;
    }
}

using AudienceSync.Domain.Identity;
using AudienceSync.Host.EventStore;
using Npgsql;

namespace AudienceSync.Host.People;

/// <summary>An identifier that stopped linking.</summary>
/// <param name="Person">The person of the identifier.</param>
/// <param name="Identifier">Its kind.</param>
/// <param name="TooMany">The kind of the addresses of which it was sent with too many.</param>
/// <param name="StoppedAt">When it stopped.</param>
public sealed record LinkStop(Guid Person, IdentifierKind Identifier, IdentifierKind TooMany, DateTimeOffset StoppedAt);

/// <summary>The identifiers that stopped linking, for an operator who decides about them.</summary>
public sealed class LinkStopStore(WorkspaceDatabase database, TimeProvider clock)
{
    private const string OpenSql = """
        select s.person, p.kind, s.kind, s.stopped_at from link_stops s join people p on p.person = s.person
        where s.state = 1 order by s.stopped_at, s.person limit $1
        """;

    private const string AllowSql = "update link_stops set state = 2, allowed_by = $2, allowed_at = $3 where person = $1 and state = 1";

    /// <summary>The identifiers that wait for an operator, the oldest first.</summary>
    public async Task<IReadOnlyList<LinkStop>> OpenAsync(int limit, CancellationToken cancellationToken)
    {
        var stops = new List<LinkStop>();
        await using var command = Sql.Command(database.Query, OpenSql, Sql.Of(limit));
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            stops.Add(
                new LinkStop(
                    reader.GetGuid(0),
                    (IdentifierKind)reader.GetInt16(1),
                    (IdentifierKind)reader.GetInt16(2),
                    reader.GetFieldValue<DateTimeOffset>(3)
                )
            );
        }

        return stops;
    }

    /// <summary>
    /// Permits an identifier to link without a limit from now on, because it belongs to one person after all. False when it had not
    /// stopped.
    /// </summary>
    public async Task<bool> AllowAsync(PersonId person, string by, CancellationToken cancellationToken)
    {
        await using var command = Sql.Command(database.Query, AllowSql, Sql.Of(person.Value), Sql.Of(by), Sql.Of(clock.GetUtcNow()));
        return await command.ExecuteNonQueryAsync(cancellationToken) == 1;
    }
}

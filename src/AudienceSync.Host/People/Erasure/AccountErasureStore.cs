using AudienceSync.Connectors;
using AudienceSync.Domain.Identity;
using AudienceSync.Domain.Normalizing;
using AudienceSync.Domain.Syncing;
using AudienceSync.Host.EventStore;
using AudienceSync.Host.Privacy;

namespace AudienceSync.Host.People.Erasure;

/// <summary>An account that received a person, and whether the person is removed from every list of it.</summary>
/// <param name="NextTryAt">Not before this time; null when now.</param>
/// <param name="Attempts">Calls without success.</param>
/// <param name="Normalizers">Those under which the person was delivered there.</param>
/// <param name="Held">Whether an operator paused the account, or it has stopped.</param>
public sealed record AccountToErase(
    string Destination,
    bool Done,
    DateTimeOffset? NextTryAt,
    int Attempts,
    IReadOnlyList<NormalizerVersion> Normalizers,
    bool Held
);

/// <summary>The last call that removed, or should have removed, a person from every list of an account.</summary>
public sealed record AccountErasureCall(
    string Destination,
    string Outcome,
    string? RequestId,
    DateTimeOffset CalledAt,
    DateTimeOffset? ErasedAt
);

/// <summary>Removals of erased people from every list of an account, those included that we do not know (contracts/meta.md 8.2).</summary>
public sealed class AccountErasureStore(WorkspaceDatabase database, Vault vault)
{
    private const string AccountsSql = """
        select a.destination, e.erased_at is not null, greatest(e.next_try_at, a.blocked_until), coalesce(e.attempts, 0), d.normalizers,
          a.stopped_code is not null or exists (select from pauses p where p.destination = a.destination and p.remote is null
            and p.resumed_at is null)
        from accounts a
        cross join lateral (
          select array_agg(distinct l.normalizer) as normalizers from bindings b
          join ledger l on l.binding_id = b.binding_id and l.person = any($1::uuid[]) and l.status <> 5
            where b.destination = a.destination) d
        left join erasure_accounts e on e.erasure = $2 and e.destination = a.destination
        where d.normalizers is not null order by a.destination
        """;

    // Email, phone, details, device id: what belongs to another person by now, or was also delivered for another, stays for that person.
    private const string IdentifiersSql = """
        select v.person, v.revision, p.salt, v.key_version, v.cipher,
          exists (select from person_aliases a where a.digest = v.email and coalesce(a.owner, a.anchor) <> all($1::uuid[])),
          exists (select from person_aliases a where a.digest = v.phone and coalesce(a.owner, a.anchor) <> all($1::uuid[])),
          exists (select from delivered_cells c join delivered_cells o on o.cell = c.cell and o.person <> all($1::uuid[])
            where c.person = v.person and c.revision = v.revision and c.part = 4),
          exists (select from delivered_cells c join delivered_cells o on o.cell = c.cell and o.person <> all($1::uuid[])
            where c.person = v.person and c.revision = v.revision and c.part = 8)
        from unnest($1::uuid[]) as d(person) join people p on p.person = d.person join vault v on v.person = d.person
          order by v.person, v.revision
        """;

    private const string WriteSql = """
        insert into erasure_accounts (erasure, destination, outcome, request_id, called_at, attempts, next_try_at, erased_at)
        values ($1, $2, $3, $4, $5, 1, $6, $7)
        on conflict (erasure, destination) do update set outcome = excluded.outcome, request_id = excluded.request_id,
          called_at = excluded.called_at,
          attempts = erasure_accounts.attempts + 1, next_try_at = excluded.next_try_at, erased_at = excluded.erased_at
        """;

    private const string CallsSql = """
        select destination, outcome, request_id, called_at, erased_at from erasure_accounts where erasure = $1 order by destination
        """;

    /// <summary>The accounts that received any of these people.</summary>
    public async Task<List<AccountToErase>> ReadAsync(Guid erasure, Guid[] people, CancellationToken cancellationToken)
    {
        var accounts = new List<AccountToErase>();
        await using var command = Sql.Command(database.Hot, AccountsSql, Sql.Of(people), Sql.Of(erasure));
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            accounts.Add(
                new AccountToErase(
                    reader.GetString(0),
                    reader.GetBoolean(1),
                    reader.TimeOrNull(2),
                    reader.GetInt32(3),
                    [.. reader.GetFieldValue<short[]>(4).Where(version => version > 0).Select(version => new NormalizerVersion(version))],
                    reader.GetBoolean(5)
                )
            );
        }

        return accounts;
    }

    /// <summary>What platforms received of these people under any revision, without what belongs to others by now.</summary>
    public async Task<List<PersonIdentifiers>> IdentifiersAsync(Guid[] people, CancellationToken cancellationToken)
    {
        var identifiers = new List<PersonIdentifiers>();
        await using var command = Sql.Command(database.Hot, IdentifiersSql, Sql.Of(people));
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            var opened = vault.TryOpen(
                new PersonId(reader.GetGuid(0)),
                reader.GetInt32(1),
                reader.GetInt16(3),
                reader.GetFieldValue<byte[]>(2),
                reader.GetFieldValue<byte[]>(4)
            );
            var parts = new[] { IdentifierParts.Email, IdentifierParts.Phone, IdentifierParts.Details, IdentifierParts.Device };
            var kept = parts.Where((_, n) => reader.GetBoolean(5 + n)).Aggregate(IdentifierParts.None, (all, part) => all | part);
            if (opened is not null)
            {
                identifiers.Add(IdentifierChange.Restrict(opened.Identifiers, IdentifierParts.All & ~kept));
            }
        }

        return identifiers;
    }

    /// <param name="erasure">The erasure.</param>
    /// <param name="destination">The account.</param>
    /// <param name="result">Of the call.</param>
    /// <param name="calledAt">When it was made.</param>
    /// <param name="nextTryAt">When it is repeated; null when it succeeded.</param>
    /// <param name="cancellationToken">Cancels the write.</param>
    public async Task WriteAsync(
        Guid erasure,
        string destination,
        CallResult result,
        DateTimeOffset calledAt,
        DateTimeOffset? nextTryAt,
        CancellationToken cancellationToken
    )
    {
        var outcome = nextTryAt is null ? "removed" : result.Outcome.Code;
        await using var command = Sql.Command(
            database.Hot,
            WriteSql,
            Sql.Of(erasure),
            Sql.Of(destination),
            Sql.Of(outcome),
            Sql.OfNullable(result.PlatformRequestId),
            Sql.Of(calledAt),
            Sql.OfNullable(nextTryAt),
            Sql.OfNullable(nextTryAt is null ? calledAt : (DateTimeOffset?)null)
        );
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>For the receipt.</summary>
    public async Task<List<AccountErasureCall>> CallsAsync(Guid erasure, CancellationToken cancellationToken)
    {
        var calls = new List<AccountErasureCall>();
        await using var command = Sql.Command(database.Query, CallsSql, Sql.Of(erasure));
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            calls.Add(
                new AccountErasureCall(
                    reader.GetString(0),
                    reader.GetString(1),
                    reader.TextOrNull(2),
                    new DateTimeOffset(reader.GetDateTime(3)),
                    reader.TimeOrNull(4)
                )
            );
        }

        return calls;
    }
}

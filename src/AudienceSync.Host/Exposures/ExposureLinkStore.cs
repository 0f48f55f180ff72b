using AudienceSync.Domain.Identity;
using AudienceSync.Host.EventStore;
using AudienceSync.Host.EventStore.Leases;
using AudienceSync.Host.Privacy;
using Npgsql;
using NpgsqlTypes;

namespace AudienceSync.Host.Exposures;

/// <summary>A person whose link may be missing, with the customer id that was read.</summary>
internal sealed record DueLink(Guid Person, int? Revision, string? CustomerId)
{
    public byte[]? Digest { get; init; }

    /// <summary>Personal data never reaches a log by accident.</summary>
    public override string ToString() => "DueLink(***)";
}

/// <summary>
/// The links from tokens to customers. <b>Erasure.</b> A link is only written while the person's row is locked and has the revision that
/// was read: an erasure that is under way is waited for, and then there is no such row; one that comes later removes the link.
/// </summary>
internal sealed class ExposureLinkStore(WorkspaceDatabase database, Vault vault)
{
    private const string KeySql = "select links_under from exposure_head";

    private const string UseSql = "update exposure_head set links_under = $1";

    private const string DropSql = "update exposure_people set customer = null, links_due = not erased where customer is not null";

    private const string DueSql = """
        select x.person, p.revision, p.salt, v.key_version, v.cipher
        from (select r.person from exposure_people r where r.links_due limit $1) x
        left join lateral (select r.revision, r.salt from people r where r.person = x.person limit 1) p on true
        left join lateral (
          select r.key_version, r.cipher from vault r where r.person = x.person and r.revision = p.revision limit 1) v on true
        """;

    private const string WriteSql = """
        with held as (
          select p.person, d.customer from people p
          join unnest($1::uuid[], $2::int[], $3::bytea[]) as d(person, revision, customer)
            on d.person = p.person and d.revision = p.revision
          for share of p)
        update exposure_people x set customer = held.customer, links_due = false from held where held.person = x.person and not x.erased
        """;

    // Whose row is gone or has no identifiers has no link either; whose revision changed meanwhile stays due.
    private const string SkipSql = """
        update exposure_people x set customer = null, links_due = false from unnest($1::uuid[]) as d(person) where x.person = d.person
        """;

    /// <summary>Makes a key the one of the links: those of another are dropped, and everybody is due again.</summary>
    public async Task UseAsync(Lease lease, byte[]? fingerprint, CancellationToken cancellationToken)
    {
        await using var connection = await database.Hot.OpenConnectionAsync(cancellationToken);
        await using (var read = Sql.Command(connection, KeySql))
        {
            var used = await read.ExecuteScalarAsync(cancellationToken) as byte[];
            if (used.AsSpan().SequenceEqual(fingerprint) && used is null == fingerprint is null)
            {
                return;
            }
        }

        await LeaseStore.WriteAsync(connection, lease, [Sql.Command(DropSql), Sql.Command(UseSql, Bytes(fingerprint))], cancellationToken);
    }

    /// <summary>People whose link may be missing.</summary>
    public async Task<List<DueLink>> DueAsync(int limit, CancellationToken cancellationToken)
    {
        var due = new List<DueLink>();
        await using var command = Sql.Command(database.Hot, DueSql, Sql.Of(limit));
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            var person = new PersonId(reader.GetGuid(0));
            if (reader.IsDBNull(1) || reader.IsDBNull(3))
            {
                due.Add(new DueLink(person.Value, null, null));
                continue;
            }

            var revision = reader.GetInt32(1);
            var opened = vault.TryOpen(
                person,
                revision,
                reader.GetInt16(3),
                reader.GetFieldValue<byte[]>(2),
                reader.GetFieldValue<byte[]>(4)
            );
            due.Add(new DueLink(person.Value, revision, opened?.Own.CustomerId ?? opened?.Identifiers.CustomerId));
        }

        return due;
    }

    public async Task WriteAsync(Lease lease, IReadOnlyCollection<DueLink> links, CancellationToken cancellationToken)
    {
        var (known, unknown) = (links.Where(link => link.Digest is not null).ToList(), links.Where(link => link.Digest is null).ToList());
        await using var connection = await database.Hot.OpenConnectionAsync(cancellationToken);
        await LeaseStore.WriteAsync(
            connection,
            lease,
            [
                Sql.Command(
                    WriteSql,
                    Sql.Of(known.ConvertAll(link => link.Person)),
                    Sql.Of(known.ConvertAll(link => link.Revision!.Value)),
                    Sql.Of(known.ConvertAll(link => link.Digest!))
                ),
                Sql.Command(SkipSql, Sql.Of(unknown.ConvertAll(link => link.Person))),
            ],
            cancellationToken
        );
    }

    private static NpgsqlParameter Bytes(byte[]? value) =>
        new() { Value = value is null ? DBNull.Value : value, NpgsqlDbType = NpgsqlDbType.Bytea };
}

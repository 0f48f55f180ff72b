using AudienceSync.Domain.Identity;
using AudienceSync.Host.EventStore;
using Npgsql;

namespace AudienceSync.Host.Privacy;

/// <summary>The result of recomputing the aliases of an older reader.</summary>
/// <param name="Read">Aliases that were read.</param>
/// <param name="Rekeyed">Those that have another form now and were moved to it.</param>
/// <param name="Merged">Those whose current form is already claimed; the older one is deleted.</param>
/// <param name="Conflicts">Those that are the anchor of a person and whose current form belongs to someone else: left as they are.</param>
/// <param name="Left">Aliases of an older reader that remain.</param>
public sealed record RealiasResult(long Read, long Rekeyed, long Merged, long Conflicts, long Left);

/// <summary>
/// Recomputes the aliases of an older reader from the texts in the vault. What was delivered is not touched: a revision keeps the canonical
/// forms it was delivered under, and the person's next webhook creates a new one.
/// </summary>
public sealed class RealiasStore(WorkspaceDatabase database, Vault vault, AliasDigester digester, TimeProvider clock)
{
    private const int PageRows = 200;

    private readonly AppendLock _lock = new(database, new StalledHolders(database), clock);

    private static readonly string Older = $"kind <> 1 and parser < {IdentifierReader.ParserVersion}";

    private static readonly string PageSql =
        $"select digest, kind, anchor, owner from person_aliases where {Older} and digest > $1 order by digest limit $2";

    private static readonly string CountSql = $"select count(*) from person_aliases where {Older}";

    private const string RevisionsSql = """
        select p.person, p.revision, p.salt, v.key_version, v.cipher
        from people p join vault v on v.person = p.person and v.revision = p.revision where p.person = any($1::uuid[])
        """;

    private const string TakenSql = "select exists (select from person_aliases where digest = $1)";

    private const string KeepSql = "update person_aliases set parser = $2 where digest = $1";

    private const string RekeySql = "update person_aliases set digest = $2, parser = $3 where digest = $1";

    private const string DropSql = "delete from person_aliases where digest = $1";

    private const string AnchorSql = "update people set anchor = $2 where person = $1";

    private const string ResealSql = "update vault set cipher = $3, key_version = $4 where person = $1 and revision = $2";

    // Other Hosts trust their cached aliases only while the head of the log is where they left it.
    private const string MoveHeadSql = "select nextval('mt_events_sequence')";

    /// <summary>How many aliases were made by an older reader.</summary>
    public async Task<long> CountAsync(CancellationToken cancellationToken)
    {
        await using var command = Sql.Command(database.Query, CountSql);
        return (long)(await command.ExecuteScalarAsync(cancellationToken))!;
    }

    /// <summary>Processes all of them, page by page; stopped anywhere, it continues when it is called again.</summary>
    public async Task<RealiasResult> RunAsync(CancellationToken cancellationToken)
    {
        var total = new RealiasResult(0, 0, 0, 0, 0);
        for (Guid? after = Guid.Empty; after is { } place; )
        {
            (after, total) = await PageAsync(place, total, cancellationToken);
        }

        return total with
        {
            Left = await CountAsync(cancellationToken),
        };
    }

    private async Task<(Guid? After, RealiasResult Total)> PageAsync(Guid after, RealiasResult total, CancellationToken cancellationToken)
    {
        (Guid? After, RealiasResult Total) done = default;
        await _lock.RunAsync(
            async (unit, token) =>
            {
                done = await PageAsync(unit.Connection, after, total, token);
                return true;
            },
            cancellationToken
        );
        return done;
    }

    // Under the append lock.
    private async Task<(Guid? After, RealiasResult Total)> PageAsync(
        NpgsqlConnection connection,
        Guid after,
        RealiasResult total,
        CancellationToken cancellationToken
    )
    {
        var page = await ReadAsync(connection, after, cancellationToken);
        var before = total.Rekeyed + total.Merged;
        foreach (var alias in page)
        {
            total = await RealiasAsync(connection, alias, total, cancellationToken);
        }

        if (total.Rekeyed + total.Merged > before)
        {
            await ExecuteAsync(connection, MoveHeadSql, [], cancellationToken);
        }

        return (page.Count == PageRows ? page[^1].Alias.Digest.Value : null, total);
    }

    private static async Task<List<AliasBinding>> ReadAsync(NpgsqlConnection connection, Guid after, CancellationToken cancellationToken)
    {
        var page = new List<AliasBinding>();
        await using var command = Sql.Command(connection, PageSql, Sql.Of(after), Sql.Of(PageRows));
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            page.Add(
                new AliasBinding(
                    new Alias((IdentifierKind)reader.GetInt16(1), new AliasDigest(reader.GetGuid(0))),
                    reader.IsDBNull(2) ? null : new PersonId(reader.GetGuid(2)),
                    reader.IsDBNull(3) ? null : new PersonId(reader.GetGuid(3)),
                    default
                )
            );
        }

        return page;
    }

    private async Task<RealiasResult> RealiasAsync(
        NpgsqlConnection connection,
        AliasBinding alias,
        RealiasResult total,
        CancellationToken cancellationToken
    )
    {
        var digest = alias.Alias.Digest;
        var holders = await HoldersAsync(connection, alias, cancellationToken);
        var claimed = holders.SelectMany(holder => holder.Opened.Own.Addresses).FirstOrDefault(claim => claim.Address.Digest == digest);
        total = total with { Read = total.Read + 1 };
        if (claimed is null || OlderForms.Reread(claimed, digester) is not { } current || current.Address.Digest == digest)
        {
            await ExecuteAsync(connection, KeepSql, [Sql.Of(digest.Value), Sql.Of(IdentifierReader.ParserVersion)], cancellationToken);
            return total;
        }

        var next = current.Address.Digest.Value;
        if (await IsTakenAsync(connection, next, cancellationToken))
        {
            if (alias.Anchor is not null)
            {
                return total with { Conflicts = total.Conflicts + 1 };
            }

            await ExecuteAsync(connection, DropSql, [Sql.Of(digest.Value)], cancellationToken);
            return total with { Merged = total.Merged + 1 };
        }

        await ExecuteAsync(
            connection,
            RekeySql,
            [Sql.Of(digest.Value), Sql.Of(next), Sql.Of(IdentifierReader.ParserVersion)],
            cancellationToken
        );
        if (alias.Anchor is { } anchor)
        {
            await ExecuteAsync(connection, AnchorSql, [Sql.Of(anchor.Value), Sql.Of(next)], cancellationToken);
        }

        foreach (var holder in holders)
        {
            await ResealAsync(connection, holder, digest, cancellationToken);
        }

        return total with
        {
            Rekeyed = total.Rekeyed + 1,
        };
    }

    private async Task<List<Holder>> HoldersAsync(NpgsqlConnection connection, AliasBinding alias, CancellationToken cancellationToken)
    {
        var holders = new List<Holder>();
        Guid[] ids = [.. new[] { alias.Anchor, alias.Owner }.OfType<PersonId>().Select(person => person.Value).Distinct()];
        await using var command = Sql.Command(connection, RevisionsSql, Sql.Of(ids));
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            var (person, revision, salt) = (new PersonId(reader.GetGuid(0)), reader.GetInt32(1), reader.GetFieldValue<byte[]>(2));
            if (vault.TryOpen(person, revision, reader.GetInt16(3), salt, reader.GetFieldValue<byte[]>(4)) is { } opened)
            {
                holders.Add(new Holder(person, revision, salt, opened));
            }
        }

        return holders;
    }

    private async Task ResealAsync(NpgsqlConnection connection, Holder holder, AliasDigest older, CancellationToken cancellationToken)
    {
        var own = holder.Opened.Own;
        var addresses = own.Addresses.Select(claim => claim.Address.Digest == older ? OlderForms.Reread(claim, digester) ?? claim : claim);
        var moved = holder.Opened with
        {
            Own = new IdentifierClaims(own.CustomerId, addresses, own.Details, own.DetailsDigest, own.DetailsAt),
        };
        var cipher = vault.Seal(holder.Person, holder.Revision, holder.Salt, moved);
        await ExecuteAsync(
            connection,
            ResealSql,
            [Sql.Of(holder.Person.Value), Sql.Of(holder.Revision), Sql.Of(cipher), Sql.Of(vault.KeyVersion)],
            cancellationToken
        );
    }

    private static async Task<bool> IsTakenAsync(NpgsqlConnection connection, Guid digest, CancellationToken cancellationToken)
    {
        await using var command = Sql.Command(connection, TakenSql, Sql.Of(digest));
        return (bool)(await command.ExecuteScalarAsync(cancellationToken))!;
    }

    private static async Task ExecuteAsync(
        NpgsqlConnection connection,
        string sql,
        NpgsqlParameter[] parameters,
        CancellationToken cancellationToken
    )
    {
        await using var command = Sql.Command(connection, sql, parameters);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private sealed record Holder(PersonId Person, int Revision, byte[] Salt, IdentifierRevision Opened);
}

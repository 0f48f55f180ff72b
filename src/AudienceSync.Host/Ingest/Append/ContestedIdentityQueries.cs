using AudienceSync.Domain.Identity;
using AudienceSync.Host.EventStore;
using AudienceSync.Host.Privacy;
using Npgsql;

namespace AudienceSync.Host.Ingest.Append;

/// <summary>
/// For webhooks that have new information about a known person, loads everyone they may affect: the people that their aliases lead to, with
/// everyone linked to them, what each of them has claimed so far and when they last claimed it, and who owns each of these addresses. Two
/// round trips, which a batch without such webhooks does not make.
/// </summary>
internal sealed class ContestedIdentityQueries(KnownState known, Vault vault)
{
    /// <param name="connection">The connection that holds the log's lock.</param>
    /// <param name="contested">The aliases of these webhooks.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public async Task LoadAsync(
        NpgsqlConnection connection,
        IReadOnlyCollection<AliasDigest> contested,
        CancellationToken cancellationToken
    )
    {
        var people = await LoadGroupsAsync(connection, contested, cancellationToken);
        if (people.Count > 0)
        {
            await LoadClaimsAsync(connection, people, cancellationToken);
        }
    }

    private async Task<List<KnownPerson>> LoadGroupsAsync(
        NpgsqlConnection connection,
        IReadOnlyCollection<AliasDigest> contested,
        CancellationToken cancellationToken
    )
    {
        var notLoaded = contested.Where(known.LookedUp.Add).Select(digest => digest.Value).ToList();
        var people = new List<KnownPerson>();
        await using var commands = new NpgsqlBatch(connection);
        commands.BatchCommands.Add(Sql.Command(AppendSql.KnownAliases, Sql.Of(notLoaded)));
        commands.BatchCommands.Add(Sql.Command(AppendSql.Groups, Sql.Of(contested.Select(digest => digest.Value).ToList())));
        await using var reader = await commands.ExecuteReaderAsync(cancellationToken);
        await PeopleQueries.LoadAliasesAsync(reader, known.People, cancellationToken);
        await reader.NextResultAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            var person = PeopleQueries.Person(reader);
            people.Add(person);
            known.People.Load(person);
            LoadRevision(person, reader.GetFieldValue<byte[]>(9), reader.GetInt16(10), reader.GetFieldValue<byte[]>(11));
            if (!reader.IsDBNull(12))
            {
                known.Linking[person.Id] = (Linking)reader.GetInt16(12);
            }
        }

        return people;
    }

    private async Task LoadClaimsAsync(NpgsqlConnection connection, List<KnownPerson> people, CancellationToken cancellationToken)
    {
        var notLoaded = known
            .People.ClaimedAliases()
            .Select(alias => alias.Digest)
            .Where(known.LookedUp.Add)
            .Select(digest => digest.Value)
            .ToList();
        await using var commands = new NpgsqlBatch(connection);
        commands.BatchCommands.Add(
            Sql.Command(
                AppendSql.Reclaimed,
                Sql.Of(people.ConvertAll(person => person.Id.Value)),
                Sql.Of(people.ConvertAll(person => person.Revision))
            )
        );
        commands.BatchCommands.Add(Sql.Command(AppendSql.KnownAliases, Sql.Of(notLoaded)));
        await using var reader = await commands.ExecuteReaderAsync(cancellationToken);
        var reclaimed = new List<(KnownPerson Person, DateTimeOffset? Email, DateTimeOffset? Phone, DateTimeOffset? Details)>();
        while (await reader.ReadAsync(cancellationToken))
        {
            var person = known.People.Person(new PersonId(reader.GetGuid(0)));
            reclaimed.Add((person, reader.TimeOrNull(1), reader.TimeOrNull(2), reader.TimeOrNull(3)));
        }

        await reader.NextResultAsync(cancellationToken);
        await PeopleQueries.LoadAliasesAsync(reader, known.People, cancellationToken);
        foreach (var (person, email, phone, details) in reclaimed)
        {
            TakeReclaimed(person, IdentifierKind.Email, person.Reach.Email, email);
            TakeReclaimed(person, IdentifierKind.Phone, person.Reach.Phone, phone);
            if (details is { } at && person.Reach.Details is { } digest)
            {
                known.People.TakeReclaimed(new Statement([person.Anchor], known.Revisions[person.Id].Identifiers, digest, at));
            }
        }
    }

    private void LoadRevision(KnownPerson person, byte[] salt, short keyVersion, byte[] cipher)
    {
        var revision = vault.Open(person.Id, person.Revision, keyVersion, salt, cipher);
        known.Revisions[person.Id] = (salt, revision.Identifiers);
        known.People.Load(person.Id, revision.Own);
    }

    // As if the person's webhook had just arrived. Until then, what the person's revision has may have been claimed by another anchor of
    // the same person: with this webhook the anchor claimed it itself. Omitting this lost the time, and lost the address with the other
    // anchor when that anchor left the person.
    private void TakeReclaimed(KnownPerson person, IdentifierKind kind, AliasDigest? address, DateTimeOffset? at)
    {
        if (address is { } digest && at is { } time)
        {
            var alias = new Alias(kind, digest);
            Alias[] aliases = alias == person.Anchor ? [alias] : [person.Anchor, alias];
            known.People.TakeReclaimed(new Statement(aliases, known.Revisions[person.Id].Identifiers, null, time));
        }
    }
}

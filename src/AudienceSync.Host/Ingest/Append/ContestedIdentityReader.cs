using AudienceSync.Domain.Identity;
using AudienceSync.Host.EventStore;
using Npgsql;

namespace AudienceSync.Host.Ingest.Append;

/// <summary>
/// For webhooks that have new information about a known person, loads everyone they may affect: the people that their aliases lead to, with
/// everyone linked to them, what each of them has claimed so far and when they last claimed it, and who owns each of these addresses. Two
/// round trips, which a batch without such webhooks does not make.
/// </summary>
internal sealed class ContestedIdentityReader(AppendPlanner planner)
{
    public async Task LoadAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        var people = await LoadGroupsAsync(connection, cancellationToken);
        if (people.Count > 0)
        {
            await LoadClaimsAsync(connection, people, cancellationToken);
        }
    }

    private async Task<List<KnownPerson>> LoadGroupsAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        var notLoaded = planner.Contested.Where(planner.LookedUp.Add).Select(digest => digest.Value).ToList();
        var people = new List<KnownPerson>();
        await using var commands = new NpgsqlBatch(connection);
        commands.BatchCommands.Add(Sql.Command(AppendSql.KnownAliases, Sql.Of(notLoaded)));
        commands.BatchCommands.Add(Sql.Command(AppendSql.Groups, Sql.Of(planner.Contested.Select(digest => digest.Value).ToList())));
        await using var reader = await commands.ExecuteReaderAsync(cancellationToken);
        await PeopleReader.LoadAliasesAsync(reader, planner.Resolver, cancellationToken);
        await reader.NextResultAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            var person = PeopleReader.Person(reader);
            people.Add(person);
            planner.Resolver.Load(person);
            planner.LoadRevision(person.Id, reader.GetFieldValue<byte[]>(9), reader.GetInt16(10), reader.GetFieldValue<byte[]>(11));
            planner.LoadLinking(person.Id, reader.IsDBNull(12) ? Linking.Limited : (Linking)reader.GetInt16(12));
        }

        return people;
    }

    private async Task LoadClaimsAsync(NpgsqlConnection connection, List<KnownPerson> people, CancellationToken cancellationToken)
    {
        var notLoaded = planner.Resolver.ClaimedAliases()
            .Select(alias => alias.Digest).Where(planner.LookedUp.Add).Select(digest => digest.Value).ToList();
        await using var commands = new NpgsqlBatch(connection);
        commands.BatchCommands.Add(Sql.Command(
            AppendSql.Reclaimed, Sql.Of(people.ConvertAll(person => person.Id.Value)), Sql.Of(people.ConvertAll(person => person.Revision))));
        commands.BatchCommands.Add(Sql.Command(AppendSql.KnownAliases, Sql.Of(notLoaded)));
        await using var reader = await commands.ExecuteReaderAsync(cancellationToken);
        var reclaimed = new List<(KnownPerson Person, DateTimeOffset? Email, DateTimeOffset? Phone, DateTimeOffset? Details)>();
        while (await reader.ReadAsync(cancellationToken))
        {
            var person = planner.Resolver.Person(new PersonId(reader.GetGuid(0)));
            reclaimed.Add((person, reader.TimeOrNull(1), reader.TimeOrNull(2), reader.TimeOrNull(3)));
        }

        await reader.NextResultAsync(cancellationToken);
        await PeopleReader.LoadAliasesAsync(reader, planner.Resolver, cancellationToken);
        foreach (var (person, email, phone, details) in reclaimed)
        {
            TakeReclaimed(person, IdentifierKind.Email, person.Reach.Email, email);
            TakeReclaimed(person, IdentifierKind.Phone, person.Reach.Phone, phone);
            if (details is { } at && person.Reach.Details is { } digest)
            {
                planner.Resolver.TakeReclaimed(new Statement([person.Anchor], planner.IdentifiersOf(person.Id), digest, at));
            }
        }
    }

    // As if the person's webhook had just arrived. Until then, what the person's revision has may have been claimed by another anchor of
    // the same person: with this webhook the anchor claimed it itself. Omitting this lost the time, and lost the address with the other
    // anchor when that anchor left the person.
    private void TakeReclaimed(KnownPerson person, IdentifierKind kind, AliasDigest? address, DateTimeOffset? at)
    {
        if (address is { } digest && at is { } time)
        {
            var alias = new Alias(kind, digest);
            planner.Resolver.TakeReclaimed(new Statement(alias == person.Anchor ? [alias] : [person.Anchor, alias], planner.IdentifiersOf(person.Id), null, time));
        }
    }
}

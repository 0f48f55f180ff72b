using AudienceSync.Domain.Identity;
using AudienceSync.Host.EventStore;
using AudienceSync.Host.Privacy;

namespace AudienceSync.Host.People.Erasure;

/// <summary>Reads everything that is known about a person's identity. It takes no lock: what is read may change meanwhile.</summary>
public sealed class PersonQueries(WorkspaceDatabase database, Vault vault)
{
    private const string AnchorsSql = "select kind, anchor from people where person = any($1::uuid[])";

    /// <summary>By the person's identifiers.</summary>
    public async Task<PersonGroup> ReadAsync(Naming named, CancellationToken cancellationToken)
    {
        await using var connection = await database.Hot.OpenConnectionAsync(cancellationToken);
        return await PersonGroupQueries.ReadAsync(connection, vault, named, cancellationToken);
    }

    /// <summary>By some of the person's anchors.</summary>
    public async Task<PersonGroup> ReadAsync(IReadOnlyList<Guid> anchors, CancellationToken cancellationToken)
    {
        var aliases = new List<Alias>();
        await using (var command = Sql.Command(database.Hot, AnchorsSql, Sql.Of(anchors.ToArray())))
        {
            await using var reader = await command.ExecuteReaderAsync(cancellationToken);
            while (await reader.ReadAsync(cancellationToken))
            {
                aliases.Add(new Alias((IdentifierKind)reader.GetInt16(0), new AliasDigest(reader.GetGuid(1))));
            }
        }

        return await ReadAsync(new Naming(aliases), cancellationToken);
    }

    /// <summary>Everything that leads to some anchors, and the other people who were once reached by it.</summary>
    public async Task<ErasureTraces> ReadTracesAsync(IReadOnlyList<Guid> anchors, CancellationToken cancellationToken)
    {
        var aliases = await ReadAliasesAsync(anchors, cancellationToken);
        var others = new List<Guid>();
        await using var command = Sql.Command(
            database.Hot,
            ErasureSql.OnceReached,
            Sql.Of(aliases.ConvertAll(alias => alias.Value)),
            Sql.Of(anchors.ToArray())
        );
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            others.Add(reader.GetGuid(0));
        }

        return new ErasureTraces(aliases, [.. others]);
    }

    /// <summary>All aliases that some anchors ever had, as their own or by the best claim.</summary>
    public async Task<List<AliasDigest>> ReadAliasesAsync(IReadOnlyList<Guid> anchors, CancellationToken cancellationToken)
    {
        var digests = new List<AliasDigest>();
        await using var command = Sql.Command(database.Hot, ErasureSql.AliasesOf, Sql.Of(anchors.ToArray()));
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            digests.Add(new AliasDigest(reader.GetGuid(0)));
        }

        return digests;
    }
}

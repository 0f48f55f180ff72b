using AudienceSync.Domain.Identity;
using AudienceSync.Domain.Syncing;
using AudienceSync.Host.EventStore;

namespace AudienceSync.Host.Sync.Ledger;

/// <summary>The sealed identifiers of the members of a call.</summary>
public sealed class IdentifierStore(WorkspaceDatabase database)
{
    /// <summary>Sealed identifiers by person and revision, for an operation at a binding. A missing person has been erased.</summary>
    public async Task<Dictionary<(PersonId Person, int Revision), SealedIdentifiers>> ReadAsync(
        Binding binding,
        MemberOperation operation,
        List<Guid> people,
        List<int> revisions,
        CancellationToken cancellationToken
    )
    {
        var found = new Dictionary<(PersonId, int), SealedIdentifiers>(people.Count);
        await using var command =
            operation == MemberOperation.Add
                ? Sql.Command(database.Hot, IdentifierSql.Added, Sql.Of(people), Sql.Of(revisions))
                : Sql.Command(database.Hot, IdentifierSql.Removed, Sql.Of(people), Sql.Of(revisions), Sql.Of(binding.BindingId));
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            found[(new PersonId(reader.GetGuid(0)), reader.GetInt32(1))] = new SealedIdentifiers(
                reader.GetFieldValue<byte[]>(2),
                reader.GetInt16(3),
                reader.GetFieldValue<byte[]>(4),
                (reader.GetBoolean(5) ? IdentifierParts.Email : IdentifierParts.None)
                    | (reader.GetBoolean(6) ? IdentifierParts.Phone : IdentifierParts.None)
            );
        }

        return found;
    }
}

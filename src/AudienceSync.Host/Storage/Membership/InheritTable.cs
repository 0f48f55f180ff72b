using Npgsql;

namespace AudienceSync.Host.Storage.Membership;

/// <summary>A version that has not yet taken over all of its predecessor's rows.</summary>
public sealed record OpenInheritance(int KeyId, int From, Guid Place);

/// <summary>How far a page of a predecessor's rows has brought its heir; written with the page.</summary>
public sealed record InheritedPage(int KeyId, Guid Place, bool Done);

/// <summary>
/// What versions inherit. A version published with <c>inherit</c> is told all that its predecessor was told, before and after.
/// <para>
/// <b>Why it is right in any order.</b> A row holds two maxima, of which the latest add and the latest remove of both versions' events are the maxima
/// again. What an heir is told behind its publication is told to it when it comes. What its predecessor had been told before it takes over row by row, each
/// before anything is told to that row's person again, whether this walk comes to him or an event does. The projector reads the keys when it takes its lease and
/// whenever it comes past an event of the registry, and begins to take over only behind the event that published the heir: so no event of the predecessor counts
/// for it alone that should count for both, and what is counted by the hour is as if the heir had been whole from the beginning.
/// </para>
/// <para>
/// <b>Failures.</b> Rows and place are one transaction under the projector's lease; a kill reads the same rows again, which changes nothing. A chain
/// (v3 from v2 from v1) is gone through in the order of publication, so each is whole before the next begins.
/// </para>
/// </summary>
public sealed class InheritTable(WorkspaceDatabase database)
{
    private const string OpenSql = """
        select key_id, inherits_from, inherit_place from audience_keys where inherits_from is not null and not inherit_done order by key_id limit 1
        """;

    private const string PlaceSql = "update audience_keys set inherit_place = $2, inherit_done = $3 where key_id = $1";

    /// <summary>The oldest that is open; null when all is taken over.</summary>
    public async Task<OpenInheritance?> FindAsync(CancellationToken cancellationToken)
    {
        await using var command = Sql.Command(database.Hot, OpenSql);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        return await reader.ReadAsync(cancellationToken) ? new OpenInheritance(reader.GetInt32(0), reader.GetInt32(1), reader.GetGuid(2)) : null;
    }

    internal static NpgsqlBatchCommand Write(InheritedPage page) => Sql.Command(PlaceSql, Sql.Of(page.KeyId), Sql.Of(page.Place), Sql.Of(page.Done));
}

using AudienceSync.Host.EventStore;
using Npgsql;

namespace AudienceSync.Host.Projection;

/// <summary>A version that has not yet taken over all of its predecessor's rows.</summary>
public sealed record OpenInheritance(int KeyId, int From, Guid Place);

/// <summary>The progress of a successor after a page of its predecessor's rows; written with the page.</summary>
public sealed record InheritedPage(int KeyId, Guid Place, bool Done);

/// <summary>
/// The progress of versions that inherit. For a version published with <c>inherit</c>, all events of its predecessor count, past and later
/// ones.
/// <para>
/// <b>Why the order does not matter.</b> A row has two maxima, the latest add and the latest remove; the maxima over the events of both
/// versions are the maxima of the two rows. Events after the publication of a successor are applied to it when they are read. Its
/// predecessor's earlier state is taken over row by row, each before any event of that row's person is applied again, whether this sweep or
/// an event reaches the person first. The projector reads the keys when it claims its lease and whenever it passes a registry event, and
/// starts to take over only after the event that published the successor. So no event counts only for the predecessor that should count for
/// both, and the hourly counts are as if the successor had been complete from the beginning.
/// </para>
/// <para>
/// <b>Failures.</b> Rows and position are one transaction under the projector's lease; after a kill the same rows are read again, which
/// changes nothing. A chain (v3 from v2 from v1) is processed in the order of publication, so each version is complete before the next
/// begins.
/// </para>
/// </summary>
public sealed class InheritStore(WorkspaceDatabase database)
{
    private const string OpenSql = """
        select key_id, inherits_from, inherit_place from audience_keys where inherits_from is not null and not inherit_done order by key_id
          limit 1
        """;

    private const string PlaceSql = "update audience_keys set inherit_place = $2, inherit_done = $3 where key_id = $1";

    /// <summary>The oldest open inheritance; null when none is open.</summary>
    public async Task<OpenInheritance?> FindAsync(CancellationToken cancellationToken)
    {
        await using var command = Sql.Command(database.Hot, OpenSql);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        return await reader.ReadAsync(cancellationToken)
            ? new OpenInheritance(reader.GetInt32(0), reader.GetInt32(1), reader.GetGuid(2))
            : null;
    }

    internal static NpgsqlBatchCommand Write(InheritedPage page) =>
        Sql.Command(PlaceSql, Sql.Of(page.KeyId), Sql.Of(page.Place), Sql.Of(page.Done));
}

using AudienceSync.Host.EventStore;
using Npgsql;

namespace AudienceSync.Host.Projection.Rebuilding;

/// <summary>
/// Creates tables like the live ones in another schema. Indexes and options are read from the catalog, so those that a later schema file
/// adds are included.
/// </summary>
internal static class TableCopyStore
{
    /// <summary>The tables that a swap exchanges.</summary>
    public static readonly string[] Projected = ["membership", "person_links", "person_permissions"];

    /// <summary>A generation's own cursor and counters, under the names that the projector's statements use.</summary>
    public static readonly string[] Progress = ["mt_event_progression", "projection_counts"];

    private const string OptionsSql = "select coalesce(array_to_string(reloptions, ', '), '') from pg_class where oid = $1::regclass";

    private const string IndexesSql = """
        select pg_get_indexdef(i.indexrelid) from pg_index i join pg_class c on c.oid = i.indexrelid
        where i.indrelid = $1::regclass order by i.indisprimary desc, c.relname
        """;

    private const string PrimarySql = """
        select c.relname::text from pg_index i join pg_class c on c.oid = i.indexrelid where i.indrelid = $1::regclass and i.indisprimary
        """;

    // The row of Marten's own tables is no file.
    private const string LayoutSql = "select max(name) from schema_versions where name like '%.sql'";

    /// <summary>The last schema file applied: tables of another layout are not restored.</summary>
    public static async Task<string> LayoutAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        await using var command = Sql.Command(connection, LayoutSql);
        return (string)(await command.ExecuteScalarAsync(cancellationToken))!;
    }

    /// <summary>Columns, defaults, checks and options; no index yet.</summary>
    public static async Task MakeAsync(
        NpgsqlConnection connection,
        string from,
        string to,
        string table,
        CancellationToken cancellationToken
    )
    {
        await using var command = Sql.Command(connection, OptionsSql, Sql.Of($"{from}.{table}"));
        var options = (string)(await command.ExecuteScalarAsync(cancellationToken))!;
        await GenerationSchemaStore.ExecuteAsync(
            connection,
            $"create table {to}.{table} (like {from}.{table} including defaults including constraints including storage)"
                + (options.Length > 0 ? $" with ({options});" : ";")
                + $"grant select, insert, update, delete on {to}.{table} to {WorkspaceDatabase.AppRole}",
            cancellationToken
        );
    }

    /// <summary>Creates the indexes, including the one of the primary key, and the planner statistics. Others may read meanwhile.</summary>
    public static async Task IndexAsync(
        NpgsqlConnection connection,
        string from,
        string to,
        string table,
        CancellationToken cancellationToken
    )
    {
        var definitions = new List<string>();
        await using (var command = Sql.Command(connection, IndexesSql, Sql.Of($"{from}.{table}")))
        await using (var reader = await command.ExecuteReaderAsync(cancellationToken))
        {
            while (await reader.ReadAsync(cancellationToken))
            {
                definitions.Add(reader.GetString(0));
            }
        }

        foreach (var definition in definitions)
        {
            await GenerationSchemaStore.ExecuteAsync(
                connection,
                definition.Replace($" ON {from}.{table} ", $" ON {to}.{table} ", StringComparison.Ordinal),
                cancellationToken
            );
        }

        await GenerationSchemaStore.ExecuteAsync(connection, $"analyze {to}.{table}", cancellationToken);
    }

    /// <summary>Creates the primary key from its index. Immediate, but only when no other connection is reading.</summary>
    public static async Task KeyAsync(
        NpgsqlConnection connection,
        string from,
        string to,
        string table,
        CancellationToken cancellationToken
    )
    {
        await using var command = Sql.Command(connection, PrimarySql, Sql.Of($"{from}.{table}"));
        var name = (string)(await command.ExecuteScalarAsync(cancellationToken))!;
        await GenerationSchemaStore.ExecuteAsync(
            connection,
            $"alter table {to}.{table} add constraint {name} primary key using index {name}",
            cancellationToken
        );
    }

    public static Task DropAsync(NpgsqlConnection connection, string schema, CancellationToken cancellationToken) =>
        GenerationSchemaStore.ExecuteAsync(
            connection,
            $"drop table if exists {string.Join(", ", Projected.Concat(Progress).Select(table => $"{schema}.{table}"))}",
            cancellationToken
        );

    public static Task MoveAsync(
        NpgsqlConnection connection,
        string from,
        string to,
        IEnumerable<string> tables,
        CancellationToken cancellationToken
    ) =>
        GenerationSchemaStore.ExecuteAsync(
            connection,
            string.Concat(tables.Select(table => $"alter table {from}.{table} set schema {to};")),
            cancellationToken
        );
}

using AudienceSync.Host.EventStore;
using Npgsql;

namespace AudienceSync.Host.Privacy.Keys;

/// <summary>A master key version that this database has been started with.</summary>
/// <param name="CheckValue">A value that only the right key produces.</param>
/// <param name="RetiredAt">When it was found that nothing is sealed under it any more; null while it is in use.</param>
public sealed record KnownMasterKey(short Version, byte[] CheckValue, DateTimeOffset FirstSeen, DateTimeOffset? RetiredAt);

/// <summary>
/// The master key versions of a database and the workspaces whose rows are sealed under them. Runs as the login of the Host.
/// </summary>
public sealed class MasterKeyStore(string connectionString)
{
    private const string KnownSql = "select version, check_value, first_seen, retired_at from audience_sync.master_keys order by version";

    private const string RememberSql = """
        insert into audience_sync.master_keys (version, check_value) values ($1, $2)
        on conflict (version) do update set retired_at = null where master_keys.retired_at is not null
        """;

    private const string RetireSql = "update audience_sync.master_keys set retired_at = now() where version = $1";

    // A workspace that was removed from the configuration before these tables existed does not have them.
    private const string WorkspacesSql = """
        select name from audience_sync.workspaces where to_regclass(format('ws_%s.key_rotations', name)) is not null order by name
        """;

    public async Task<List<KnownMasterKey>> ReadAsync(CancellationToken cancellationToken)
    {
        var known = new List<KnownMasterKey>();
        await using var source = Source();
        await using var command = source.CreateCommand(KnownSql);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            known.Add(
                new KnownMasterKey(
                    reader.GetInt16(0),
                    reader.GetFieldValue<byte[]>(1),
                    reader.GetFieldValue<DateTimeOffset>(2),
                    reader.TimeOrNull(3)
                )
            );
        }

        return known;
    }

    public async Task<List<WorkspaceName>> ReadWorkspacesAsync(CancellationToken cancellationToken)
    {
        var workspaces = new List<WorkspaceName>();
        await using var source = Source();
        await using var command = source.CreateCommand(WorkspacesSql);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            workspaces.Add(new WorkspaceName(reader.GetString(0)));
        }

        return workspaces;
    }

    /// <summary>
    /// Stores the check value of a version that was never seen, and returns one that was retired to use. Never changes a check value.
    /// </summary>
    public async Task RememberAsync(short version, byte[] checkValue, CancellationToken cancellationToken)
    {
        await using var source = Source();
        await using var command = Sql.Command(source, RememberSql, Sql.Of(version), Sql.Of(checkValue));
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    public async Task RetireAsync(short version, CancellationToken cancellationToken)
    {
        await using var source = Source();
        await using var command = Sql.Command(source, RetireSql, Sql.Of(version));
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private NpgsqlDataSource Source() =>
        new NpgsqlDataSourceBuilder(
            new NpgsqlConnectionStringBuilder(connectionString)
            {
                Pooling = false,
                GssEncryptionMode = GssEncryptionMode.Disable,
            }.ConnectionString
        )
        {
            Name = "keys",
        }.Build();
}

using AudienceSync.Host.EventStore;
using AudienceSync.Host.EventStore.Leases;
using Npgsql;

namespace AudienceSync.Host.Privacy;

/// <summary>A secret as it is stored: sealed under a version of the master key.</summary>
public sealed record WrappedSecret(string Name, short KeyVersion, byte[] Cipher);

/// <summary>The wrapped secrets of one workspace. A row's secret never changes; only its wrapping does.</summary>
public sealed class SecretStore(WorkspaceDatabase database)
{
    // Where aliases exist their secret was lost, and with a new one no known person would be recognized.
    private const string AddSql = """
        insert into wrapped_secrets (name, key_version, cipher)
        select $1::text, $2::smallint, $3::bytea where $1 <> 'alias' or not exists (select from person_aliases)
        on conflict (name) do nothing
        """;

    private const string ReadSql = "select name, key_version, cipher from wrapped_secrets order by name";

    private const string RewrapSql = "update wrapped_secrets set key_version = $3, cipher = $4 where name = $1 and key_version = $2";

    public WorkspaceName Workspace => database.Workspace;

    /// <summary>Stores a secret unless there is one of this name, or was one that is needed.</summary>
    public async Task AddAsync(WrappedSecret secret, CancellationToken cancellationToken)
    {
        await using var command = Sql.Command(database.Hot, AddSql, Sql.Of(secret.Name), Sql.Of(secret.KeyVersion), Sql.Of(secret.Cipher));
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    public async Task<List<WrappedSecret>> ReadAsync(CancellationToken cancellationToken)
    {
        var secrets = new List<WrappedSecret>();
        await using var command = database.Hot.CreateCommand(ReadSql);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            secrets.Add(new WrappedSecret(reader.GetString(0), reader.GetInt16(1), reader.GetFieldValue<byte[]>(2)));
        }

        return secrets;
    }

    /// <summary>Replaces the wrapping of each, unless another process did so meanwhile.</summary>
    /// <exception cref="LeaseLostException">Another process rotates; nothing was changed.</exception>
    public async Task RewrapAsync(
        Lease lease,
        IReadOnlyList<(WrappedSecret Wrapped, short Before)> secrets,
        CancellationToken cancellationToken
    )
    {
        List<NpgsqlBatchCommand> commands =
        [
            .. secrets.Select(secret =>
                Sql.Command(
                    RewrapSql,
                    Sql.Of(secret.Wrapped.Name),
                    Sql.Of(secret.Before),
                    Sql.Of(secret.Wrapped.KeyVersion),
                    Sql.Of(secret.Wrapped.Cipher)
                )
            ),
        ];
        await using var connection = await database.Hot.OpenConnectionAsync(cancellationToken);
        await LeaseStore.WriteAsync(connection, lease, commands, cancellationToken);
    }
}

using AudienceSync.Domain.Audiences;
using Npgsql;

namespace AudienceSync.Host.Storage.Cutover;

/// <summary>The two steps of a cutover that belong in the transaction of its event. <see cref="CutoverTable"/> does the rest.</summary>
internal static class CutoverSql
{
    // Adds from the beginning of the new key; removals from now on, because earlier ones are found by the sweep over the ledger.
    private const string SwitchSql = """
        update bindings b set key_id = k.key_id, add_pos = 0, removal_pos = c.changed_pos,
          removal_attempts = 0, removal_next_at = null, add_attempts = 0, add_next_at = null, removal_failing_since = null, add_failing_since = null
        from audience_keys k, projection_counts c
        where k.audience_key = $1 and c.name = 'membership:All' and b.destination = $2 and b.remote = $3 and b.audience = k.audience
        returning b.binding_id
        """;

    private const string EndSql = "update cutovers set finished_at = $2, superseded = true where binding_id = $1 and finished_at is null";

    private const string BeginSql = """
        insert into cutovers (binding_id, key_id, started_at) select b.binding_id, b.key_id, $2 from bindings b where b.binding_id = $1
        """;

    /// <summary>Lets another key feed a remote audience and begins the sweep.</summary>
    public static async Task SwitchAsync(
        NpgsqlConnection connection, AudienceKey key, RemoteAudience remote, DateTimeOffset now, CancellationToken cancellationToken)
    {
        await using var command = Sql.Command(connection, SwitchSql, Sql.Of(key.Value), Sql.Of(remote.Destination), Sql.Of(remote.Remote));
        if (await command.ExecuteScalarAsync(cancellationToken) is int binding)
        {
            await using var end = Sql.Command(connection, EndSql, Sql.Of(binding), Sql.Of(now));
            await end.ExecuteNonQueryAsync(cancellationToken);
            await using var begin = Sql.Command(connection, BeginSql, Sql.Of(binding), Sql.Of(now));
            await begin.ExecuteNonQueryAsync(cancellationToken);
        }
    }
}

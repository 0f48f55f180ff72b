using AudienceSync.Domain.Audiences;
using Npgsql;

namespace AudienceSync.Host.EventStore.Registry;

/// <summary>
/// The steps of a cutover that belong in the transaction of its event: the cutover before it ends, this one begins, the binding is
/// switched. In this order, because each asks whether the binding is fed by another key until now; if it is not, none of them does
/// anything. <c>CutoverStore</c> does the rest.
/// </summary>
internal static class CutoverSql
{
    private const string FromOther = """
        from bindings b join audience_keys k on k.audience_key = $1 and k.audience = b.audience
        where b.destination = $2 and b.remote = $3 and b.key_id <> k.key_id
        """;

    private const string EndSql = $"""
        update cutovers c set finished_at = $4, superseded = true
        from (select b.binding_id {FromOther}) x where c.binding_id = x.binding_id and c.finished_at is null
        """;

    private const string BeginSql = $"insert into cutovers (binding_id, key_id, started_at) select b.binding_id, k.key_id, $4 {FromOther}";

    // Adds from the beginning of the new key; removals from now on, because earlier ones are found by the sweep over the ledger.
    private const string SwitchSql = """
        update bindings b set key_id = k.key_id, add_pos = 0, removal_pos = c.changed_pos,
          removal_attempts = 0, removal_next_at = null, add_attempts = 0, add_next_at = null, removal_failing_since = null,
            add_failing_since = null
        from audience_keys k, projection_counts c
        where k.audience_key = $1 and c.name = 'membership:All' and b.destination = $2 and b.remote = $3 and b.audience = k.audience
          and b.key_id <> k.key_id
        """;

    /// <summary>Lets another key feed a remote audience and begins the sweep.</summary>
    public static IEnumerable<NpgsqlBatchCommand> Switch(AudienceKey key, RemoteAudience remote, DateTimeOffset now) =>
        [
            Sql.Command(EndSql, Sql.Of(key.Value), Sql.Of(remote.Destination), Sql.Of(remote.Remote), Sql.Of(now)),
            Sql.Command(BeginSql, Sql.Of(key.Value), Sql.Of(remote.Destination), Sql.Of(remote.Remote), Sql.Of(now)),
            Sql.Command(SwitchSql, Sql.Of(key.Value), Sql.Of(remote.Destination), Sql.Of(remote.Remote)),
        ];
}

using Npgsql;

namespace AudienceSync.Host.EventStore;

/// <summary>
/// Ends the backends that block this workspace's Hosts without making progress: they wait for their own client, which is frozen or
/// disconnected. See <see cref="AppendLock"/> for when and why. Besides the append lock these are row and table locks that one of our Hosts
/// holds, as a frozen projector holds the row of its lease. Uses the login of the connection string, which may end only sessions of the
/// same login.
/// </summary>
public sealed class StalledHolders(WorkspaceDatabase database)
{
    /// <summary>Older transactions are ended.</summary>
    public static readonly TimeSpan After = TimeSpan.FromSeconds(3);

    // 'Timeout' is a backend that sleeps on purpose. Query sessions ('... query') hold no lock that writers wait for; a reader that takes
    // its result slowly is legitimate.
    private const string EndSql = """
        with blocking as (
          select l.pid from pg_locks l
          where l.locktype = 'advisory' and l.granted and l.objsubid = 1 and (l.classid::bigint << 32 | l.objid::bigint) = append_lock_key()
            and l.database = (select oid from pg_database where datname = current_database())
          union
          select h.pid from pg_stat_activity w
          cross join lateral unnest(pg_blocking_pids(w.pid)) as b(pid)
          join pg_stat_activity h on h.pid = b.pid
          where w.datname = current_database() and w.wait_event_type = 'Lock' and w.application_name like 'audiencesync/%'
            and h.application_name like 'audiencesync/%' and h.application_name not like '% query')
        select count(*) filter (where pg_terminate_backend(a.pid))
        from blocking join pg_stat_activity a on a.pid = blocking.pid
        where a.datname = current_database() and a.pid <> pg_backend_pid()
          and a.xact_start < clock_timestamp() - $1::interval and a.wait_event_type in ('Client', 'Timeout')
        """;

    /// <summary>Returns the number of ended sessions.</summary>
    public async Task<long> EndAsync(CancellationToken cancellationToken)
    {
        await using var command = Sql.Command(database.Login, EndSql, Sql.Of(After));
        return (long)(await command.ExecuteScalarAsync(cancellationToken))!;
    }
}

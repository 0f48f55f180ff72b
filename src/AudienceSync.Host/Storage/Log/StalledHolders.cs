using Npgsql;

namespace AudienceSync.Host.Storage.Log;

/// <summary>
/// Ends the backends that keep this workspace's Hosts waiting and do nothing: what they wait for is their own client, which is frozen or cut off.
/// See <see cref="AppendLock"/> for when and why. Beside the append lock these are locks of rows and tables that a Host of ours holds, as a frozen projector
/// holds its lease's row. Works as the login of the connection string, which may end the sessions of the same login only.
/// </summary>
public sealed class StalledHolders(WorkspaceDatabase database)
{
    /// <summary>Older transactions are ended.</summary>
    public static readonly TimeSpan After = TimeSpan.FromSeconds(3);

    // 'Timeout' is a backend that sleeps on purpose. Questions ('... query') hold no lock that writers wait for; a reader that takes its answer slowly is honest.
    private const string EndSql = """
        with blocking as (
          select l.pid from pg_locks l
          where l.locktype = 'advisory' and l.granted and l.objsubid = 1 and (l.classid::bigint << 32 | l.objid::bigint) = $1
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
          and a.xact_start < clock_timestamp() - $2::interval and a.wait_event_type in ('Client', 'Timeout')
        """;

    /// <summary>Returns how many were ended.</summary>
    public async Task<long> EndAsync(CancellationToken cancellationToken)
    {
        await using var command = Sql.Command(database.Login, EndSql, Sql.Of(EventLog.LockKeyOf(database.Workspace)), Sql.Of(After));
        return (long)(await command.ExecuteScalarAsync(cancellationToken))!;
    }
}

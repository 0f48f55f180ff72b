using AudienceSync.Host.EventStore;
using AudienceSync.Host.EventStore.Leases;
using Npgsql;

namespace AudienceSync.Host.Projection;

/// <summary>What waits for an experiment.</summary>
/// <param name="NextAt">When the next experiment starts or ends; null for not.</param>
/// <param name="Sweeps">The keys whose members must be gone through, and up to whom they were.</param>
public sealed record OpenHoldouts(DateTimeOffset? NextAt, IReadOnlyList<(int KeyId, Guid Place)> Sweeps);

/// <summary>How far the members of a key were gone through; written with the page.</summary>
public sealed record AssignedPage(int KeyId, Guid Place, bool Done);

/// <summary>
/// When experiments start and end, as the projector folds it. The phase of an experiment is stored and moved by the one projector, so two
/// Hosts with different clocks, and a rebuild beside them, hold out the same people.
/// <para>
/// <b>States.</b> Waiting, running, over. With each step every key of the audience is gone through, page by page in the order of people,
/// and members whose state is another one now get it with a new number, by which the lanes see them. Events are folded by the new phase
/// from the step on, so it does not matter whether the sweep or an event reaches somebody first. <b>Failures.</b> Step and sweeps are one
/// transaction, and so are each page and its place: after a kill the same page is read again, which changes nothing.
/// </para>
/// </summary>
public sealed class HoldoutStore(WorkspaceDatabase database)
{
    private const string NextSql = """
        select min(case when phase = 1 then least(starts_at, ends_at) else ends_at end) from experiments where phase < 3
        """;

    private const string SweepsSql = "select key_id, place from holdout_sweeps order by key_id";

    // Those that end come first: another one of the audience may start at the same moment, and only one runs.
    private const string EndSql = "update experiments set phase = 3, turned_at = $1 where phase < 3 and ends_at <= $1";

    private const string StartSql = "update experiments set phase = 2, turned_at = $1 where phase = 1 and starts_at <= $1";

    private const string SweepSql = """
        insert into holdout_sweeps (key_id)
        select distinct k.key_id from audience_keys k join experiments e on e.audience = k.audience where e.turned_at = $1
        on conflict (key_id) do update set place = default
        """;

    private const string PlaceSql = "update holdout_sweeps set place = $2 where key_id = $1";

    private const string DoneSql = "delete from holdout_sweeps where key_id = $1";

    public async Task<OpenHoldouts> ReadAsync(CancellationToken cancellationToken)
    {
        await using var connection = await database.Hot.OpenConnectionAsync(cancellationToken);
        await using var next = Sql.Command(connection, NextSql);
        var nextAt = await next.ExecuteScalarAsync(cancellationToken) is DateTime at ? new DateTimeOffset(at) : (DateTimeOffset?)null;
        var sweeps = new List<(int, Guid)>();
        await using var command = Sql.Command(connection, SweepsSql);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            sweeps.Add((reader.GetInt32(0), reader.GetGuid(1)));
        }

        return new OpenHoldouts(nextAt, sweeps);
    }

    /// <summary>Starts and ends what is due.</summary>
    /// <exception cref="LeaseLostException">Another Host is the projector now; nothing was written.</exception>
    public async Task TurnAsync(Lease lease, DateTimeOffset now, CancellationToken cancellationToken)
    {
        await using var connection = await database.Hot.OpenConnectionAsync(cancellationToken);
        await LeaseStore.WriteAsync(
            connection,
            lease,
            [Sql.Command(EndSql, Sql.Of(now)), Sql.Command(StartSql, Sql.Of(now)), Sql.Command(SweepSql, Sql.Of(now))],
            cancellationToken
        );
    }

    internal static NpgsqlBatchCommand Write(AssignedPage page) =>
        page.Done ? Sql.Command(DoneSql, Sql.Of(page.KeyId)) : Sql.Command(PlaceSql, Sql.Of(page.KeyId), Sql.Of(page.Place));
}

using AudienceSync.Host.EventStore;

namespace AudienceSync.Host.Sync.Runs;

/// <summary>
/// Creates the daily partitions of deliveries and of the requests and responses of calls ahead of time, and drops what is past its
/// retention. Their days are those of the database's clock.
/// </summary>
public sealed class DeliveryPartitionStore(WorkspaceDatabase database, TimeProvider clock, ILogger<DeliveryPartitionStore> logger)
{
    /// <summary>Days for which deliveries and runs are kept.</summary>
    public const int DeliveryDays = 400;

    /// <summary>Days for which the request and the response of a call are kept.</summary>
    public const int ExchangeDays = 14;

    /// <summary>Days for which latencies of removals are counted.</summary>
    public const int LatencyDays = 30;

    private const int DaysAhead = 2;

    private const string EnsureSql = "select ensure_day_partitions('deliveries', $1), ensure_day_partitions('call_exchanges', $1)";

    private const string DropSql = "select drop_day_partitions('deliveries', $1) + drop_day_partitions('call_exchanges', $2)";

    // The oldest have the lowest numbers.
    private const string ForgetRunsSql = """
        delete from runs r using (select o.run_id from runs o order by o.run_id limit 1000) d where r.run_id = d.run_id and r.ended_at < $1
        """;

    private const string ForgetLatenciesSql = "delete from removal_latencies where slot < $1";

    /// <summary>Can be repeated at any time, by several Hosts at once.</summary>
    public async Task EnsureAsync(CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        await using var ensure = Sql.Command(database.Hot, EnsureSql, Sql.Of(DaysAhead));
        await ensure.ExecuteNonQueryAsync(cancellationToken);
        await using var drop = Sql.Command(database.Hot, DropSql, Sql.Of(DeliveryDays), Sql.Of(ExchangeDays));
        if (await drop.ExecuteScalarAsync(cancellationToken) is > 0 and int dropped)
        {
            logger.LogInformation("Dropped {Partitions} daily partitions of deliveries and calls past their retention", dropped);
        }

        await using var runs = Sql.Command(database.Query, ForgetRunsSql, Sql.Of(now.AddDays(-DeliveryDays)));
        await runs.ExecuteNonQueryAsync(cancellationToken);
        await using var latencies = Sql.Command(database.Query, ForgetLatenciesSql, Sql.Of(now.AddDays(-LatencyDays)));
        await latencies.ExecuteNonQueryAsync(cancellationToken);
    }
}

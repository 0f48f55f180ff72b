using AudienceSync.Host.Configuration;
using AudienceSync.Host.EventStore;
using AudienceSync.Host.Ingest.Append;

namespace AudienceSync.Host.Ingest.Bodies;

/// <summary>Creates the daily partitions of raw bodies ahead of time and drops those past their retention.</summary>
public sealed class BodyPartitionStore(WorkspaceDatabase database, TimeProvider clock, ILogger<BodyPartitionStore> logger)
{
    /// <summary>Days for which a raw body is kept, for replay and forensics.</summary>
    public const int RetentionDays = RetentionSettings.BodiesD;

    /// <summary>
    /// Days for which a request's signature is remembered: its timestamp is at most <see cref="RequestSignature.MaxAge"/> old when it is
    /// accepted, and a day is dropped when that time has passed for the whole of it and for one more day, in case the clocks of two Hosts
    /// differ.
    /// </summary>
    public static readonly int SignatureDays = (int)RequestSignature.MaxAge.TotalDays + 1;

    /// <summary>Days for which a report's body is kept.</summary>
    public int ReportDays { get; init; } = RetentionSettings.DefaultReportsD;

    private const int DaysAhead = 2;

    /// <summary>Can be repeated at any time, by several Hosts at once.</summary>
    public async Task EnsureAsync(CancellationToken cancellationToken)
    {
        var today = DateOnly.FromDateTime(clock.GetUtcNow().UtcDateTime);
        for (var ahead = 0; ahead <= DaysAhead; ahead++)
        {
            await using var ensure = Sql.Command(database.Hot, AppendSql.EnsureBodies, Sql.Of(today.AddDays(ahead)));
            await ensure.ExecuteNonQueryAsync(cancellationToken);
            await using var ensureReports = Sql.Command(database.Hot, AppendSql.EnsureReports, Sql.Of(today.AddDays(ahead)));
            await ensureReports.ExecuteNonQueryAsync(cancellationToken);
        }

        await using var drop = Sql.Command(database.Hot, AppendSql.DropBodies, Sql.Of(today.AddDays(-RetentionDays)));
        if (await drop.ExecuteScalarAsync(cancellationToken) is > 0 and int dropped)
        {
            logger.LogInformation("Dropped {Days} days of raw bodies past their retention", dropped);
        }

        await using var dropReports = Sql.Command(database.Hot, AppendSql.DropReports, Sql.Of(today.AddDays(-ReportDays)));
        if (await dropReports.ExecuteScalarAsync(cancellationToken) is > 0 and int droppedReports)
        {
            logger.LogInformation("Dropped {Days} days of reports past their retention", droppedReports);
        }

        await using var forget = Sql.Command(database.Hot, AppendSql.DropSignatures, Sql.Of(today.AddDays(-SignatureDays)));
        await forget.ExecuteScalarAsync(cancellationToken);
    }
}

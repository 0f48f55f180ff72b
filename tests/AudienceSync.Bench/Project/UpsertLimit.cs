using System.Diagnostics;
using AudienceSync.Bench.Rebuild;
using Npgsql;

namespace AudienceSync.Bench.Project;

/// <summary>
/// The limit: the database reads, folds and upserts a page of the log by one statement, each page in a transaction of its own.
/// </summary>
internal static class UpsertLimit
{
    private const int PageEvents = 5_000;

    /// <summary>Seconds of all pages.</summary>
    public static async Task<double> RunAsync(RebuildLog log, int events, CancellationToken cancel)
    {
        await log.ExecuteAsync($"create table {ProjectionTables.Limit} (like membership including all)", [], cancel);
        await log.ExecuteAsync("checkpoint", [], cancel);
        await using var connection = await log.OpenAsync(cancel);
        await using var command = new NpgsqlCommand(ProjectionTables.UpsertPage, connection) { CommandTimeout = 0 };
        var (first, last) = (new NpgsqlParameter<long>(), new NpgsqlParameter<long>());
        command.Parameters.Add(first);
        command.Parameters.Add(last);
        await command.PrepareAsync(cancel);
        var started = Stopwatch.GetTimestamp();
        for (long page = 1; page <= events; page += PageEvents)
        {
            (first.TypedValue, last.TypedValue) = (page, page + PageEvents - 1);
            await command.ExecuteNonQueryAsync(cancel);
        }

        return Stopwatch.GetElapsedTime(started).TotalSeconds;
    }
}

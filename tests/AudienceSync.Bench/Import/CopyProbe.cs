using System.Diagnostics;
using System.Globalization;
using AudienceSync.Bench.Postgres;
using AudienceSync.Bench.Processes;
using Npgsql;

namespace AudienceSync.Bench.Import;

/// <summary>
/// The limit of an import: the very rows that it has just written, copied into empty tables with the same columns and indexes, by one COPY
/// for each table in one transaction. What an import only changes (the versions of known streams) is left out.
/// </summary>
internal sealed class CopyProbe(Cluster cluster, RunFolder folder)
{
    private const string Schema = "bench_copy";

    private static readonly string[] Tables = ["mt_streams", "mt_events", "people", "person_aliases", "vault", "raw_bodies"];

    /// <summary>Where the log is now: what is written from here on is what <see cref="MeasureAsync"/> copies.</summary>
    public async Task<LogMark> MarkAsync(CancellationToken cancel) =>
        new(
            await cluster.ScalarAsync<long>(Cluster.User, "select coalesce(max(seq_id), 0) from ws_default.mt_events", cancel),
            await cluster.ScalarAsync<string>(Cluster.User, "select clock_timestamp()::text", cancel)
        );

    public async Task<CopyFigures> MeasureAsync(LogMark since, CancellationToken cancel)
    {
        await cluster.ExecuteAsync(Cluster.User, $"create schema {Schema}", cancel);
        await using NpgsqlConnection connection = await cluster.OpenAsync(Cluster.User, cancel);
        foreach (string table in Tables)
        {
            await ExecuteAsync(connection, $"create table {Schema}.{table} (like ws_default.{table} including all)", cancel);
            await using NpgsqlRawCopyStream rows = await connection.BeginRawBinaryCopyAsync(
                $"copy ({Rows(table, since)}) to stdout (format binary)",
                cancel
            );
            await using FileStream file = File.Create(FileOf(table));
            await rows.CopyToAsync(file, cancel);
        }

        await ExecuteAsync(connection, "checkpoint", cancel);
        double seconds = await CopyAsync(connection, cancel);
        long events = await cluster.ScalarAsync<long>(Cluster.User, $"select count(*) from {Schema}.mt_events", cancel);
        await ExecuteAsync(connection, $"drop schema {Schema} cascade", cancel);
        return new CopyFigures(events, seconds);
    }

    private async Task<double> CopyAsync(NpgsqlConnection connection, CancellationToken cancel)
    {
        long started = Stopwatch.GetTimestamp();
        await using NpgsqlTransaction transaction = await connection.BeginTransactionAsync(cancel);
        foreach (string table in Tables)
        {
            await using FileStream file = File.OpenRead(FileOf(table));
            await using NpgsqlRawCopyStream rows = await connection.BeginRawBinaryCopyAsync(
                $"copy {Schema}.{table} from stdin (format binary)",
                cancel
            );
            await file.CopyToAsync(rows, cancel);
        }

        await transaction.CommitAsync(cancel);
        return Stopwatch.GetElapsedTime(started).TotalSeconds;
    }

    private static string Rows(string table, LogMark since) =>
        table switch
        {
            "mt_events" => string.Create(
                CultureInfo.InvariantCulture,
                $"select * from ws_default.mt_events where seq_id > {since.Position} order by seq_id"
            ),
            "raw_bodies" => string.Create(
                CultureInfo.InvariantCulture,
                $"select * from ws_default.raw_bodies where first_position > {since.Position}"
            ),
            "mt_streams" => $"select * from ws_default.mt_streams where created >= '{since.At}'",
            "person_aliases" => $"""
                select a.* from ws_default.person_aliases a
                where exists (select from ws_default.people p where p.person = coalesce(a.anchor, a.owner) and p.created_at >= '{since.At}')
                """,
            _ => $"select * from ws_default.{table} where created_at >= '{since.At}'",
        };

    private string FileOf(string table) => folder.File(table + ".copy");

    private static async Task ExecuteAsync(NpgsqlConnection connection, string sql, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand(sql, connection) { CommandTimeout = 300 };
        await command.ExecuteNonQueryAsync(cancel);
    }
}

/// <summary>The last position of the log, and the server's time, at one moment.</summary>
internal sealed record LogMark(long Position, string At);

/// <summary>How many events were copied, with everything that belongs to them, and in how many seconds.</summary>
internal sealed record CopyFigures(long Events, double Seconds)
{
    public double PerSecond => Events / Seconds;
}

using AudienceSync.Host.EventStore;
using Npgsql;

namespace AudienceSync.Host.Privacy.Keys;

/// <summary>How many rows of a kind are sealed under one master key version.</summary>
/// <param name="Kind">One of <see cref="SealedKinds"/>.</param>
/// <param name="Newest">When the newest of them was made.</param>
public sealed record SealedCount(string Kind, short KeyVersion, long Rows, DateTimeOffset Newest);

/// <summary>
/// Counts what is sealed under which master key version. Reads whole tables, so it is only for requests by people and for refusals.
/// </summary>
public sealed class SealedRowStore(WorkspaceDatabase database)
{
    /// <summary>A refusal counts each kind of row up to here: more is not worth the read.</summary>
    private const long CountedTo = 100_000;

    // A whole vault may take longer than any other query may.
    private const int Timeout_s = 600;

    private const string TimeoutSql = "set local statement_timeout = '600s'";

    private const string CountsSql = """
        select 'vault', key_version, count(*), max(created_at) from vault group by 2
        union all select 'secrets', key_version, count(*), max(created_at) from wrapped_secrets group by 2
        union all select 'bodies', key_version, count(*), max(received_at) from raw_bodies group by 2
        union all select 'reports', key_version, count(*), max(received_at) from reporting_bodies group by 2
        union all select 'quarantine', key_version, count(*), max(last_seen_at) from quarantine group by 2
        union all select 'calls', key_version, count(*), max(at) from call_exchanges group by 2
        order by 1, 2
        """;

    // Bodies are sealed in the order of their positions and versions never decrease: when the oldest has a newer one, no other body must be
    // read.
    private const string UnderSql = """
        select (select count(*) from wrapped_secrets where key_version = $1)
          + (select count(*) from (select from vault where key_version = $1 limit $2) v)
          + (case when (select key_version from raw_bodies order by first_position limit 1) <= $1
              then (select count(*) from (select from raw_bodies where key_version = $1 limit $2) b) else 0 end)
          + (case when (select key_version from reporting_bodies order by first_position limit 1) <= $1
              then (select count(*) from (select from reporting_bodies where key_version = $1 limit $2) r) else 0 end)
          + (select count(*) from (select from quarantine where key_version = $1 limit $2) q)
        """;

    public async Task<List<SealedCount>> CountAsync(CancellationToken cancellationToken)
    {
        var counts = new List<SealedCount>();
        await using var connection = await database.Query.OpenConnectionAsync(cancellationToken);
        await using var transaction = await BeginLongQueryAsync(connection, cancellationToken);
        await using var command = WithLongTimeout(Sql.Command(connection, CountsSql));
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            counts.Add(
                new SealedCount(reader.GetString(0), reader.GetInt16(1), reader.GetInt64(2), reader.GetFieldValue<DateTimeOffset>(3))
            );
        }

        return counts;
    }

    /// <summary>Rows of all kinds under a version; each kind counted up to 100,000.</summary>
    public async Task<long> CountUnderAsync(short keyVersion, CancellationToken cancellationToken)
    {
        await using var connection = await database.Query.OpenConnectionAsync(cancellationToken);
        await using var transaction = await BeginLongQueryAsync(connection, cancellationToken);
        await using var command = WithLongTimeout(Sql.Command(connection, UnderSql, Sql.Of(keyVersion), Sql.Of(CountedTo)));
        return (long)(await command.ExecuteScalarAsync(cancellationToken))!;
    }

    private static async Task<NpgsqlTransaction> BeginLongQueryAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await using var timeout = Sql.Command(connection, TimeoutSql);
        await timeout.ExecuteNonQueryAsync(cancellationToken);
        return transaction;
    }

    private static NpgsqlCommand WithLongTimeout(NpgsqlCommand command)
    {
        command.CommandTimeout = Timeout_s;
        return command;
    }
}

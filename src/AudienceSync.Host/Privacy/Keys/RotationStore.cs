using AudienceSync.Domain.Identity;
using AudienceSync.Host.EventStore;
using AudienceSync.Host.EventStore.Leases;

namespace AudienceSync.Host.Privacy.Keys;

/// <summary>
/// A row of the vault. <paramref name="Cipher"/> and <paramref name="Salt"/> are set when its version is older than the requested one, and
/// it can be opened at all.
/// </summary>
public sealed record VaultRow(PersonId Person, int Revision, short KeyVersion, byte[]? Salt, byte[]? Cipher);

/// <summary>A row of the vault that was resealed.</summary>
public sealed record ResealedRow(VaultRow Row, byte[] Cipher);

/// <summary>
/// Sweeps the vault in the order of its primary key, and stores the position. Rows and position are written in one transaction that holds
/// the lease, so a sweep that was killed continues where its last batch ended.
/// </summary>
public sealed class RotationStore(WorkspaceDatabase database)
{
    private const string BeginSql = """
        insert into key_rotations (to_version) values ($1)
        on conflict (to_version) do update set person = '00000000-0000-0000-0000-000000000000', revision = 0,
          passes = key_rotations.passes + 1,
          seen = 0, skipped = 0, unreadable = 0, finished_at = null
        """;

    private const string ReadSql = """
        select to_version, person, revision, passes, seen, resealed, skipped, unreadable, finished_at from key_rotations
          where to_version = $1
        """;

    // Every row is read, of any version, so that a batch costs the same anywhere in the vault.
    private const string BatchSql = """
        select v.person, v.revision, v.key_version, p.salt, case when v.key_version < $3 then v.cipher end
        from (select * from vault where (person, revision) > ($1, $2) order by person, revision limit $4) v
        left join people p on p.person = v.person
        order by v.person, v.revision
        """;

    // A row is written only as it was read: a process that has written it since has sealed something newer. And it is never waited for: a
    // commit of the log writes several rows of the vault, in an order of its own, and two processes that wait for each other's rows wait
    // forever.
    private const string WriteSql = """
        with resealed as materialized (
          select * from unnest($4::uuid[], $5::int[], $6::bytea[], $7::bytea[]) as d(person, revision, before, cipher)
            limit cardinality($4)),
        free as (
          select v.person, v.revision, d.cipher from resealed d
          join vault v on v.person = d.person and v.revision = d.revision and v.cipher = d.before
          for update of v skip locked),
        written as (
          update vault v set key_version = $1, cipher = free.cipher from free
          where v.person = free.person and v.revision = free.revision returning 1)
        update key_rotations r set person = $2, revision = $3, seen = r.seen + $8, unreadable = r.unreadable + $9,
          resealed = r.resealed + w.rows, skipped = r.skipped + cardinality($4::uuid[]) - w.rows
        from (select count(*) as rows from written) w where r.to_version = $1
        """;

    private const string FinishSql = "update key_rotations set finished_at = now() where to_version = $1";

    /// <summary>Null when no rotation to this version has begun.</summary>
    public async Task<RotationProgress?> ReadAsync(short toVersion, CancellationToken cancellationToken)
    {
        await using var command = Sql.Command(database.Hot, ReadSql, Sql.Of(toVersion));
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        return await reader.ReadAsync(cancellationToken)
            ? new RotationProgress(
                reader.GetInt16(0),
                reader.GetGuid(1),
                reader.GetInt32(2),
                reader.GetInt32(3),
                reader.GetInt64(4),
                reader.GetInt64(5),
                reader.GetInt64(6),
                reader.GetInt64(7),
                reader.TimeOrNull(8)
            )
            : null;
    }

    /// <summary>Begins the first pass, or one more from the vault's first row.</summary>
    /// <exception cref="LeaseLostException">Another process rotates; nothing was changed.</exception>
    public Task BeginPassAsync(Lease lease, short toVersion, CancellationToken cancellationToken) =>
        WriteAsync(lease, Sql.Command(BeginSql, Sql.Of(toVersion)), cancellationToken);

    /// <summary>The next rows of the pass; none when it has seen all.</summary>
    public async Task<List<VaultRow>> ReadBatchAsync(RotationProgress progress, int rows, CancellationToken cancellationToken)
    {
        var batch = new List<VaultRow>(rows);
        await using var command = Sql.Command(
            database.Hot,
            BatchSql,
            Sql.Of(progress.Person),
            Sql.Of(progress.Revision),
            Sql.Of(progress.ToVersion),
            Sql.Of(rows)
        );
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            batch.Add(
                new VaultRow(
                    new PersonId(reader.GetGuid(0)),
                    reader.GetInt32(1),
                    reader.GetInt16(2),
                    reader.IsDBNull(3) ? null : reader.GetFieldValue<byte[]>(3),
                    reader.IsDBNull(4) ? null : reader.GetFieldValue<byte[]>(4)
                )
            );
        }

        return batch;
    }

    /// <summary>Writes the resealed rows, and that the batch was seen.</summary>
    /// <exception cref="LeaseLostException">Another process rotates; nothing was changed.</exception>
    public Task WriteBatchAsync(
        Lease lease,
        short toVersion,
        List<VaultRow> batch,
        List<ResealedRow> resealed,
        long unreadable,
        CancellationToken cancellationToken
    ) =>
        WriteAsync(
            lease,
            Sql.Command(
                WriteSql,
                Sql.Of(toVersion),
                Sql.Of(batch[^1].Person.Value),
                Sql.Of(batch[^1].Revision),
                Sql.Of(resealed.ConvertAll(r => r.Row.Person.Value)),
                Sql.Of(resealed.ConvertAll(r => r.Row.Revision)),
                Sql.Of(resealed.ConvertAll(r => r.Row.Cipher!)),
                Sql.Of(resealed.ConvertAll(r => r.Cipher)),
                Sql.Of((long)batch.Count),
                Sql.Of(unreadable)
            ),
            cancellationToken
        );

    /// <exception cref="LeaseLostException">Another process rotates; nothing was changed.</exception>
    public Task FinishAsync(Lease lease, short toVersion, CancellationToken cancellationToken) =>
        WriteAsync(lease, Sql.Command(FinishSql, Sql.Of(toVersion)), cancellationToken);

    private async Task WriteAsync(Lease lease, Npgsql.NpgsqlBatchCommand command, CancellationToken cancellationToken)
    {
        await using var connection = await database.Hot.OpenConnectionAsync(cancellationToken);
        await LeaseStore.WriteAsync(connection, lease, [command], cancellationToken);
    }
}

using AudienceSync.Bench.Postgres;
using AudienceSync.Domain.Identity;
using AudienceSync.Host.EventStore;
using AudienceSync.Host.Privacy;
using Npgsql;
using NpgsqlTypes;

namespace AudienceSync.Bench.Sync;

/// <summary>
/// Puts members into the Host's own tables by COPY, as if a million webhooks had been folded: people and vault rows sealed by the real
/// vault, membership rows with their place in the order of changes. The log gets no events. The accounts are stopped until <see
/// cref="ReleaseAsync"/>.
/// </summary>
internal sealed class MemberLoader(Cluster cluster, SyncSetup setup, TimeProvider clock)
{
    private const int ChunkMembers = 20_000;

    public async Task LoadAsync(int members, int findable, CancellationToken cancel)
    {
        await using var workspace = new WorkspaceDatabase(cluster.ConnectionString, new WorkspaceName("default"));
        WorkspaceSecrets secrets = await WorkspaceSecrets.OpenAsync(new SecretStore(workspace), setup.MasterKeys, cancel);
        using var digester = new AliasDigester(secrets.Alias);
        var maker = new MemberMaker(new Vault(setup.MasterKeys), digester, clock.GetUtcNow());
        await cluster.ExecuteAsync(Cluster.User, "update ws_default.accounts set stopped_code = 'bench'", cancel);
        await using NpgsqlConnection connection = new(cluster.ConnectionString);
        await connection.OpenAsync(cancel);
        int key = await cluster.ScalarAsync<int>(
            Cluster.User,
            $"select key_id from ws_default.audience_keys where audience_key = '{SyncSetup.Key}'",
            cancel
        );
        for (int first = 0; first < members; first += ChunkMembers)
        {
            var chunk = new SealedMember[Math.Min(ChunkMembers, members - first)];
            int begin = first;
            Parallel.For(0, chunk.Length, i => chunk[i] = maker.Make(begin + i));
            await CopyPeopleAsync(connection, chunk, cancel);
            await CopyAsync(
                connection,
                "vault (person, revision, key_version, cipher, email, phone, created_at)",
                chunk,
                WriteVault,
                cancel
            );
            SealedMember[] found = Array.FindAll(chunk, member => member.Number < findable);
            await CopyAsync(connection, "person_aliases (digest, kind, anchor, owner, claimed_at)", found, WriteAlias, cancel);
            await CopyAsync(connection, "mt_streams (id, type, version)", found, WriteStream, cancel);
            await CopyAsync(
                connection,
                "membership (key_id, person, added_at, state, since_at, event_pos, changed_pos)",
                chunk,
                (row, member) => WriteMembership(row, member, key),
                cancel
            );
        }

        // The projector takes numbers from this counter and must read it again: a new fence ends its lease.
        await cluster.ExecuteAsync(
            Cluster.User,
            $"update ws_default.projection_counts set changed_pos = {members}; update ws_default.leases "
                + "set fence = fence + 1 where name like 'project%'",
            cancel
        );

        // A table that webhooks filled would have been read and vacuumed before.
        await cluster.ExecuteAsync(Cluster.User, "vacuum (analyze) ws_default.people, ws_default.vault, ws_default.membership", cancel);
        await cluster.ExecuteAsync(Cluster.User, "checkpoint", cancel);
    }

    /// <summary>From here on the members wait to be delivered.</summary>
    public Task ReleaseAsync(CancellationToken cancel) =>
        cluster.ExecuteAsync(Cluster.User, "update ws_default.accounts set stopped_code = null; notify ws_default", cancel);

    private static Task CopyPeopleAsync(NpgsqlConnection connection, SealedMember[] chunk, CancellationToken cancel) =>
        CopyAsync(connection, "people (person, salt, kind, anchor, revision, email, phone, created_at)", chunk, WritePerson, cancel);

    private static async Task CopyAsync(
        NpgsqlConnection connection,
        string into,
        SealedMember[] members,
        Action<NpgsqlBinaryImporter, SealedMember> write,
        CancellationToken cancel
    )
    {
        await using NpgsqlBinaryImporter rows = await connection.BeginBinaryImportAsync(
            $"copy ws_default.{into} from stdin (format binary)",
            cancel
        );
        foreach (SealedMember member in members)
        {
            rows.StartRow();
            write(rows, member);
        }

        await rows.CompleteAsync(cancel);
    }

    private static void WritePerson(NpgsqlBinaryImporter row, SealedMember member)
    {
        row.Write(member.Person, NpgsqlDbType.Uuid);
        row.Write(member.Salt, NpgsqlDbType.Bytea);
        row.Write((short)IdentifierKind.Email, NpgsqlDbType.Smallint);
        row.Write(member.Email, NpgsqlDbType.Uuid);
        row.Write(1, NpgsqlDbType.Integer);
        row.Write(member.Email, NpgsqlDbType.Uuid);
        WriteOptional(row, member.Phone);
        row.Write(member.At.UtcDateTime, NpgsqlDbType.TimestampTz);
    }

    private static void WriteVault(NpgsqlBinaryImporter row, SealedMember member)
    {
        row.Write(member.Person, NpgsqlDbType.Uuid);
        row.Write(1, NpgsqlDbType.Integer);
        row.Write((short)1, NpgsqlDbType.Smallint);
        row.Write(member.Cipher, NpgsqlDbType.Bytea);
        row.Write(member.Email, NpgsqlDbType.Uuid);
        WriteOptional(row, member.Phone);
        row.Write(member.At.UtcDateTime, NpgsqlDbType.TimestampTz);
    }

    private static void WriteAlias(NpgsqlBinaryImporter row, SealedMember member)
    {
        row.Write(member.Email, NpgsqlDbType.Uuid);
        row.Write((short)IdentifierKind.Email, NpgsqlDbType.Smallint);
        row.Write(member.Person, NpgsqlDbType.Uuid);
        row.Write(member.Person, NpgsqlDbType.Uuid);
        row.Write(member.At.UtcDateTime, NpgsqlDbType.TimestampTz);
    }

    private static void WriteStream(NpgsqlBinaryImporter row, SealedMember member)
    {
        row.Write(member.Person, NpgsqlDbType.Uuid);
        row.Write("person", NpgsqlDbType.Varchar);
        row.Write(0L, NpgsqlDbType.Bigint);
    }

    private static void WriteMembership(NpgsqlBinaryImporter row, SealedMember member, int key)
    {
        row.Write(key, NpgsqlDbType.Integer);
        row.Write(member.Person, NpgsqlDbType.Uuid);
        row.Write(member.At.UtcDateTime, NpgsqlDbType.TimestampTz);
        row.Write((short)1, NpgsqlDbType.Smallint);
        row.Write(member.At.UtcDateTime, NpgsqlDbType.TimestampTz);
        row.Write(0L, NpgsqlDbType.Bigint);
        row.Write(member.Number + 1L, NpgsqlDbType.Bigint);
    }

    private static void WriteOptional(NpgsqlBinaryImporter row, Guid? value)
    {
        if (value is { } given)
        {
            row.Write(given, NpgsqlDbType.Uuid);
        }
        else
        {
            row.WriteNull();
        }
    }
}

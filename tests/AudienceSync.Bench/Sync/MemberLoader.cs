using AudienceSync.Bench.Postgres;
using AudienceSync.Domain.Identity;
using AudienceSync.Host.Privacy;
using AudienceSync.Host.Storage;
using AudienceSync.Host.Storage.Privacy;
using Npgsql;
using NpgsqlTypes;

namespace AudienceSync.Bench.Sync;

/// <summary>
/// Puts members into the Host's own tables by COPY, as if a million webhooks had been folded: people and vault rows sealed by the real
/// vault, membership rows with their place in the order of changes. The log gets no events. The memberships become visible all at once, with
/// <see cref="ReleaseAsync"/>.
/// </summary>
internal sealed class MemberLoader(Cluster cluster, SyncSetup setup, TimeProvider clock) : IAsyncDisposable
{
    private const int ChunkMembers = 20_000;

    private readonly List<NpgsqlConnection> _connections = [];
    private NpgsqlTransaction? _release;

    public async Task LoadAsync(int members, int findable, CancellationToken cancel)
    {
        await using var workspace = new WorkspaceDatabase(cluster.ConnectionString, new WorkspaceName("default"));
        WorkspaceSecrets secrets = await WorkspaceSecrets.OpenAsync(new SecretTable(workspace), setup.MasterKeys, cancel);
        using var digester = new AliasDigester(secrets.Alias);
        var maker = new MemberMaker(new Vault(setup.MasterKeys), digester, clock.GetUtcNow());
        NpgsqlConnection beside = await OpenAsync(cancel);
        NpgsqlConnection membership = await OpenAsync(cancel);
        _release = await membership.BeginTransactionAsync(cancel);
        int key = await cluster.ScalarAsync<int>(Cluster.User, $"select key_id from ws_default.audience_keys where audience_key = '{SyncSetup.Key}'", cancel);
        for (int first = 0; first < members; first += ChunkMembers)
        {
            var chunk = new SealedMember[Math.Min(ChunkMembers, members - first)];
            int begin = first;
            Parallel.For(0, chunk.Length, i => chunk[i] = maker.Make(begin + i));
            await CopyPeopleAsync(beside, chunk, cancel);
            await CopyAsync(beside, "vault (person, revision, key_version, cipher, email, phone, created_at)", chunk, WriteVault, cancel);
            SealedMember[] found = Array.FindAll(chunk, member => member.Number < findable);
            await CopyAsync(beside, "person_aliases (digest, kind, anchor, owner, claimed_at)", found, WriteAlias, cancel);
            await CopyAsync(beside, "mt_streams (id, type, version)", found, WriteStream, cancel);
            await CopyAsync(
                membership, "membership (key_id, person, added_at, state, since_at, event_pos, changed_pos)", chunk,
                (row, member) => WriteMembership(row, member, key), cancel);
        }

        // The projector draws from this counter, and must read it anew: his lease is taken from him.
        await using var counter = new NpgsqlCommand(
            $"update ws_default.projection_counts set changed_pos = {members}; update ws_default.leases set fence = fence + 1 where name like 'project%'", membership);
        await counter.ExecuteNonQueryAsync(cancel);
        await cluster.ExecuteAsync(Cluster.User, "analyze ws_default.people, ws_default.vault; checkpoint", cancel);
    }

    /// <summary>From here on the members wait.</summary>
    public async Task ReleaseAsync(CancellationToken cancel) => await _release!.CommitAsync(cancel);

    public async ValueTask DisposeAsync()
    {
        foreach (NpgsqlConnection connection in _connections)
        {
            await connection.DisposeAsync();
        }
    }

    private static Task CopyPeopleAsync(NpgsqlConnection connection, SealedMember[] chunk, CancellationToken cancel) =>
        CopyAsync(connection, "people (person, salt, kind, anchor, revision, email, phone, created_at)", chunk, WritePerson, cancel);

    private static async Task CopyAsync(
        NpgsqlConnection connection, string into, SealedMember[] members, Action<NpgsqlBinaryImporter, SealedMember> write, CancellationToken cancel)
    {
        await using NpgsqlBinaryImporter rows = await connection.BeginBinaryImportAsync($"copy ws_default.{into} from stdin (format binary)", cancel);
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

    private async Task<NpgsqlConnection> OpenAsync(CancellationToken cancel)
    {
        var connection = new NpgsqlConnection(cluster.ConnectionString);
        _connections.Add(connection);
        await connection.OpenAsync(cancel);
        return connection;
    }
}

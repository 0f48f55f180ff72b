using AudienceSync.Domain.Identity;
using AudienceSync.Host.EventStore.Leases;
using AudienceSync.Host.Ingest.Append;
using AudienceSync.Host.Privacy;
using AudienceSync.Host.Privacy.Keys;
using AudienceSync.Host.Tests.Workspaces;

namespace AudienceSync.Host.Tests.Privacy;

/// <summary>A workspace as a Host with these master keys reads it. Version 1 is the test workspace's own key.</summary>
internal sealed class Ring(TestWorkspace workspace, params short[] versions)
{
    public MasterKeys Keys { get; } =
        new([.. versions.Select(version => version == 1 ? workspace.Master : new MasterKey(version, Secret(version)))]);

    public Vault Vault => new(Keys);

    public SecretStore Secrets { get; } = new(workspace.Database);

    public RotationStore Table { get; } = new(workspace.Database);

    public static byte[] Secret(short version) => [.. Enumerable.Repeat((byte)(0x50 + version), MasterKey.KeyBytes)];

    public EventLogStore OpenLog() =>
        new(
            workspace.Database,
            Vault,
            new BodySeal(Keys, new byte[MasterKey.KeyBytes]),
            workspace.Tombstones,
            workspace.Clock,
            LinkLimit.Default
        );

    public KeyRotation Rotation(string owner, int batchRows = 1_000) =>
        new(Table, Secrets, new LeaseStore(workspace.Database, owner), Vault, Keys) { BatchRows = batchRows };

    /// <summary>Rotates until done.</summary>
    public async Task<RotationProgress> RotateAsync(int batchRows = 1_000, Func<RotationProgress, Task>? afterBatch = null)
    {
        var rotation = Rotation("test", batchRows);
        var lease = (await rotation.TryClaimAsync(default)).ShouldNotBeNull();
        var end = await rotation.RunAsync(lease, afterBatch ?? (static _ => Task.CompletedTask), default);
        await rotation.ReleaseAsync(lease);
        return end;
    }

    /// <summary>Every revision of every person, opened with these keys only.</summary>
    public async Task<Dictionary<(Guid Person, int Revision), PersonIdentifiers>> OpenAllAsync()
    {
        var opened = new Dictionary<(Guid, int), PersonIdentifiers>();
        await using var command = workspace.Owner.CreateCommand(
            "select v.person, v.revision, v.key_version, p.salt, v.cipher from vault v join people p on p.person = v.person"
        );
        await using var reader = await command.ExecuteReaderAsync();
        while (await reader.ReadAsync())
        {
            opened[(reader.GetGuid(0), reader.GetInt32(1))] = Vault
                .Open(
                    new PersonId(reader.GetGuid(0)),
                    reader.GetInt32(1),
                    reader.GetInt16(2),
                    reader.GetFieldValue<byte[]>(3),
                    reader.GetFieldValue<byte[]>(4)
                )
                .Identifiers;
        }

        return opened;
    }
}

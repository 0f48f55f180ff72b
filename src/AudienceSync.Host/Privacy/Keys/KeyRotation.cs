using System.Security.Cryptography;
using AudienceSync.Host.EventStore.Leases;

namespace AudienceSync.Host.Privacy.Keys;

/// <summary>
/// Reseals a workspace's secrets and its whole vault under the newest master key, batch by batch in the order of the vault's primary key.
/// <para>
/// <b>States.</b> No row for the newest version: not started. A row without an end: within a pass; the holder of the lease continues from
/// its position. Ended: a pass met no row that another process was writing.
/// </para>
/// <para>
/// <b>Failures.</b> A kill costs the batch in progress, which was not written. A row that is written meanwhile is left to its writer, which
/// seals under the newest version; one more pass makes sure. A row that does not open is counted and left as it is: it is damaged or its
/// salt is gone, and nothing here can repair it.
/// </para>
/// </summary>
public sealed class KeyRotation(RotationStore table, SecretStore secrets, LeaseStore leases, Vault vault, MasterKeys keys)
{
    public const string LeaseName = "key_rotation";

    private const int RowsPerBatch = 1_000;

    /// <summary>Rows of one batch; a test makes it small to have many batches.</summary>
    internal int BatchRows { get; init; } = RowsPerBatch;

    private short ToVersion => keys.Current.Version;

    /// <summary>Null when no rotation to the newest version has begun.</summary>
    public Task<RotationProgress?> ReadAsync(CancellationToken cancellationToken) => table.ReadAsync(ToVersion, cancellationToken);

    /// <summary>Null when another process rotates this workspace.</summary>
    public Task<Lease?> TryClaimAsync(CancellationToken cancellationToken) => leases.TryClaimAsync(LeaseName, cancellationToken);

    public Task ReleaseAsync(Lease lease) => leases.ReleaseAsync(lease, CancellationToken.None);

    /// <summary>Resumes a rotation that was interrupted, or begins one, and runs it to its end.</summary>
    /// <param name="afterBatch">Called with the progress after each batch; the next batch begins when the call has completed.</param>
    /// <exception cref="LeaseLostException">Another process rotates now.</exception>
    public async Task<RotationProgress> RunAsync(Lease lease, Func<RotationProgress, Task> afterBatch, CancellationToken cancellationToken)
    {
        await RewrapAsync(lease, cancellationToken);
        var progress = await ReadAsync(cancellationToken) is { Finished: false } begun ? begun : await BeginAsync(lease, cancellationToken);
        while (true)
        {
            while (await StepAsync(lease, progress, cancellationToken) is { } next)
            {
                progress = next;
                await afterBatch(progress);
                cancellationToken.ThrowIfCancellationRequested();
            }

            if (progress.Skipped == 0)
            {
                await table.FinishAsync(lease, ToVersion, cancellationToken);
                return (await ReadAsync(cancellationToken))!;
            }

            progress = await BeginAsync(lease, cancellationToken);
        }
    }

    private async Task<RotationProgress> BeginAsync(Lease lease, CancellationToken cancellationToken)
    {
        await table.BeginPassAsync(lease, ToVersion, cancellationToken);
        return (await ReadAsync(cancellationToken))!;
    }

    private async Task RewrapAsync(Lease lease, CancellationToken cancellationToken)
    {
        var old = WorkspaceSecrets.Rewrap(secrets, keys, await secrets.ReadAsync(cancellationToken));
        await secrets.RewrapAsync(lease, old, cancellationToken);
    }

    // Null when the pass has seen the whole vault.
    private async Task<RotationProgress?> StepAsync(Lease lease, RotationProgress progress, CancellationToken cancellationToken)
    {
        var batch = await table.ReadBatchAsync(progress, BatchRows, cancellationToken);
        if (batch.Count == 0)
        {
            return null;
        }

        var old = batch.FindAll(row => row.KeyVersion < ToVersion);
        var resealed = old.Select(Reseal).OfType<ResealedRow>().ToList();
        await table.WriteBatchAsync(lease, ToVersion, batch, resealed, old.Count - resealed.Count, cancellationToken);
        return await ReadAsync(cancellationToken);
    }

    private ResealedRow? Reseal(VaultRow row)
    {
        if (row.Salt is null || row.Cipher is null || !keys.Holds(row.KeyVersion))
        {
            return null;
        }

        try
        {
            return new ResealedRow(row, vault.Reseal(row.Person, row.Revision, row.KeyVersion, row.Salt, row.Cipher));
        }
        catch (AuthenticationTagMismatchException)
        {
            return null;
        }
    }
}

using System.Security.Cryptography;
using AudienceSync.Host.Configuration;
using AudienceSync.Host.EventStore;

namespace AudienceSync.Host.Privacy.Keys;

/// <summary>
/// Checks whether the master keys given are those that the database needs. This happens before anything is written, so that a start with
/// the wrong ones changes nothing.
/// </summary>
internal sealed class MasterKeyCheck(string connectionString, MasterKeys keys)
{
    private readonly MasterKeyStore _table = new(connectionString);

    /// <summary>Compares with the versions in the database, then stores versions that are new to it.</summary>
    /// <exception cref="SetupException">master_key_wrong, master_key_absent, master_key_backwards</exception>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        var known = await _table.ReadAsync(cancellationToken);
        Compare(known);
        var retired = await WithoutRowsAsync(known, cancellationToken);
        if (known.Count > 0 && known[^1].Version > keys.Current.Version)
        {
            throw new SetupException(
                "master_key_backwards",
                $"This database has been sealed under master key version {known[^1].Version}, and the newest one given is "
                    + $"{keys.Current.Version}. Bring version {known[^1].Version} back; to replace it, add a higher one."
            );
        }

        foreach (var key in keys.All)
        {
            await _table.RememberAsync(key.Version, key.CheckValue(), cancellationToken);
        }

        foreach (var version in retired)
        {
            await _table.RetireAsync(version, cancellationToken);
        }

        // Two first starts with different keys: the later one finds the other's value.
        Compare(await _table.ReadAsync(cancellationToken));
    }

    private void Compare(List<KnownMasterKey> known)
    {
        var wrong = known.FirstOrDefault(one =>
            keys.Holds(one.Version) && !CryptographicOperations.FixedTimeEquals(one.CheckValue, keys.ByVersion(one.Version).CheckValue())
        );
        if (wrong is not null)
        {
            throw new SetupException(
                "master_key_wrong",
                $"The master key version {wrong.Version} is not the one this database was created with; "
                    + "with it no person could be read or removed."
            );
        }
    }

    // Versions that are no longer given and that nothing needs. What was found once is not searched for again.
    private async Task<List<short>> WithoutRowsAsync(List<KnownMasterKey> known, CancellationToken cancellationToken)
    {
        var absent = known.Where(one => one.RetiredAt is null && !keys.Holds(one.Version)).Select(one => one.Version).ToList();
        if (absent.Count == 0)
        {
            return absent;
        }

        foreach (var workspace in await _table.ReadWorkspacesAsync(cancellationToken))
        {
            await using var database = new WorkspaceDatabase(connectionString, workspace);
            var rows = new SealedRowStore(database);
            foreach (var version in absent)
            {
                if (await rows.CountUnderAsync(version, cancellationToken) is > 0 and var count)
                {
                    throw new SetupException(
                        "master_key_absent",
                        $"Master key version {version} is not given, and {count} rows of workspace {workspace} are sealed under it. "
                            + "Bring it back; keys status prints until when it is needed."
                    );
                }
            }
        }

        return absent;
    }
}

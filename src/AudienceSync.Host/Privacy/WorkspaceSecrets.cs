using System.Security.Cryptography;
using System.Text;
using AudienceSync.Host.Configuration;
using AudienceSync.Host.Privacy.Keys;

namespace AudienceSync.Host.Privacy;

/// <summary>
/// The random secrets of one workspace that must never change, because digests made with them are stored. They are in the workspace's
/// schema, sealed under the master key. So a new master key version reseals them and changes no digest.
/// </summary>
public sealed class WorkspaceSecrets
{
    private const string AliasName = "alias";
    private const string TombstoneName = "tombstone";
    private const string FingerprintName = "fingerprint";

    private static readonly string[] Names = [AliasName, TombstoneName, FingerprintName];

    private readonly Dictionary<string, byte[]> _secrets;

    private WorkspaceSecrets(Dictionary<string, byte[]> secrets) => _secrets = secrets;

    /// <summary>The secret by which people are found.</summary>
    public ReadOnlySpan<byte> Alias => _secrets[AliasName];

    /// <summary>The secret by which an erased alias is recognized.</summary>
    public ReadOnlySpan<byte> Tombstone => _secrets[TombstoneName];

    /// <summary>The secret by which a body that was set aside is recognized.</summary>
    public ReadOnlySpan<byte> Fingerprint => _secrets[FingerprintName];

    /// <summary>
    /// Creates what is missing and opens all. Hosts that start together end with the same secrets: the stored ones apply.
    /// </summary>
    /// <exception cref="SetupException">secret_damaged</exception>
    public static async Task<WorkspaceSecrets> OpenAsync(SecretStore table, MasterKeys keys, CancellationToken cancellationToken)
    {
        foreach (var name in Names)
        {
            await table.AddAsync(Wrap(table, keys.Current, name, RandomNumberGenerator.GetBytes(MasterKey.KeyBytes)), cancellationToken);
        }

        var secrets = new Dictionary<string, byte[]>(StringComparer.Ordinal);
        foreach (var wrapped in await table.ReadAsync(cancellationToken))
        {
            secrets[wrapped.Name] = Unwrap(table, keys, wrapped);
        }

        return Array.Find(Names, name => !secrets.ContainsKey(name)) is { } missing
            ? throw new SetupException(
                "secret_damaged",
                $"The secret {missing} of workspace {table.Workspace} is missing, and digests made with it are stored: "
                    + "restore wrapped_secrets from a backup."
            )
            : new WorkspaceSecrets(secrets);
    }

    /// <summary>The same secrets under the newest master key: those to write, with the version they were under.</summary>
    public static IReadOnlyList<(WrappedSecret Wrapped, short Before)> Rewrap(
        SecretStore table,
        MasterKeys keys,
        IEnumerable<WrappedSecret> secrets
    ) =>
        [
            .. secrets
                .Where(secret => secret.KeyVersion < keys.Current.Version)
                .Select(secret => (Wrap(table, keys.Current, secret.Name, Unwrap(table, keys, secret)), secret.KeyVersion)),
        ];

    private static WrappedSecret Wrap(SecretStore table, MasterKey master, string name, byte[] plain) =>
        new(name, master.Version, SealedBox.Seal(KeyOf(master), plain, Owner(table, name)));

    private static byte[] Unwrap(SecretStore table, MasterKeys keys, WrappedSecret secret)
    {
        try
        {
            return SealedBox.Open(KeyOf(keys.ByVersion(secret.KeyVersion)), secret.Cipher, Owner(table, secret.Name));
        }
        catch (AuthenticationTagMismatchException)
        {
            throw new SetupException(
                "secret_damaged",
                $"The secret {secret.Name} of workspace {table.Workspace} does not open under master key version {secret.KeyVersion}: "
                    + "restore wrapped_secrets from a backup."
            );
        }
    }

    private static byte[] KeyOf(MasterKey master)
    {
        var key = new byte[MasterKey.KeyBytes];
        master.Derive("audiencesync secret v1"u8, default, key);
        return key;
    }

    // Bound to workspace and name, so that no secret can be put in another's place.
    private static byte[] Owner(SecretStore table, string name) => Encoding.UTF8.GetBytes($"{table.Workspace}/{name}");
}

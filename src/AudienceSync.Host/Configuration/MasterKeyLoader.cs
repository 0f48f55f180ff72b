using AudienceSync.Host.Privacy;

namespace AudienceSync.Host.Configuration;

/// <summary>Reads the master key from its file or the environment. It is never made silently: a new key on old data would lose everybody.</summary>
public static class MasterKeyLoader
{
    private const short FirstVersion = 1;

    /// <exception cref="SetupException">master_key_missing, master_key_invalid</exception>
    public static MasterKey Load(HostSettings settings)
    {
        var text = settings.MasterKey;
        if (settings.MasterKeyFile is { } file)
        {
            text = File.Exists(file)
                ? File.ReadAllText(file)
                : throw new SetupException("master_key_missing", $"The master key file {file} does not exist. Make one with: AudienceSync.Host keys generate --out {file}");
        }

        if (text is null)
        {
            throw new SetupException(
                "master_key_missing", "Set AUDIENCESYNC_MASTER_KEY_FILE to a file with 32 random bytes in base64. Make one with: AudienceSync.Host keys generate --out FILE");
        }

        var secret = new byte[MasterKey.KeyBytes + 1];
        return Convert.TryFromBase64String(text.Trim(), secret, out var length) && length == MasterKey.KeyBytes
            ? new MasterKey(FirstVersion, secret.AsSpan(0, length))
            : throw new SetupException("master_key_invalid", "The master key must be 32 bytes in base64.");
    }
}

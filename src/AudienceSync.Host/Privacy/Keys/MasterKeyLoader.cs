using AudienceSync.Host.Configuration;

namespace AudienceSync.Host.Privacy.Keys;

/// <summary>
/// Reads the master keys from their file or the environment. No key is created silently: with a new key on old data every person would be
/// lost.
/// </summary>
public static class MasterKeyLoader
{
    /// <exception cref="SetupException">master_key_missing, master_key_invalid</exception>
    public static MasterKeys Load(HostSettings settings)
    {
        var text = settings.MasterKeyFile is { } file ? ReadFile(file) : settings.MasterKey;
        return text is not null
            ? new MasterKeys([.. MasterKeyText.Parse(text).Select(key => new MasterKey(key.Key, key.Value))])
            : throw new SetupException(
                "master_key_missing",
                "Set AUDIENCESYNC_MASTER_KEY_FILE to a file with 32 random bytes in base64. Make one with: "
                    + "AudienceSync.Host keys generate --out FILE"
            );
    }

    /// <exception cref="SetupException">master_key_missing</exception>
    internal static string ReadFile(string file)
    {
        if (!File.Exists(file))
        {
            throw new SetupException(
                "master_key_missing",
                $"The master key file {file} does not exist. Make one with: AudienceSync.Host keys generate --out {file}"
            );
        }

        try
        {
            return File.ReadAllText(file);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new SetupException(
                "master_key_missing",
                $"The master key file {file} cannot be read: {failure.GetType().Name}. Give the process's user access."
            );
        }
    }
}

using System.Security.Cryptography;
using AudienceSync.Host.Configuration;
using AudienceSync.Host.Privacy.Keys;

namespace AudienceSync.Host.Privacy.Verbs;

/// <summary>Writes master key files: mode 0600, atomically.</summary>
internal static class KeyFile
{
    /// <summary>Creates a file with one new key. Never overwrites.</summary>
    /// <exception cref="SetupException">key_exists</exception>
    public static void Make(string path)
    {
        if (File.Exists(path))
        {
            throw new SetupException("key_exists", $"{path} already exists and was not changed.");
        }

        Write(path, Convert.ToBase64String(RandomNumberGenerator.GetBytes(MasterKey.KeyBytes)) + "\n");
    }

    /// <summary>Adds a key of the next version to a file. A concurrent reader gets the old content or the new one.</summary>
    /// <returns>The new version.</returns>
    /// <exception cref="SetupException">master_key_missing, master_key_invalid, key_exists</exception>
    public static short Append(string path)
    {
        var (text, version) = MasterKeyText.Append(MasterKeyLoader.ReadFile(path));
        // Through a symbolic link to the file itself, so that the link stays one.
        var target = File.ResolveLinkTarget(path, returnFinalTarget: true)?.FullName ?? path;
        var next = target + ".new";
        if (File.Exists(next))
        {
            throw new SetupException(
                "key_exists",
                $"{next} exists: another append is running, or was interrupted. Delete it if none is running."
            );
        }

        Write(next, text);
        File.Move(next, target, overwrite: true);
        return version;
    }

    private static void Write(string path, string text)
    {
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        using var file = new FileStream(path, options);
        using var writer = new StreamWriter(file);
        writer.Write(text);
        writer.Flush();
        file.Flush(flushToDisk: true);
    }
}

using System.Security.Cryptography;
using AudienceSync.Host.Configuration;
using AudienceSync.Host.Privacy;

namespace AudienceSync.Host.Cli;

/// <summary>Writes files of master keys: mode 0600, whole or not at all.</summary>
internal static class KeyFile
{
    /// <summary>Makes a file with one new key. Never overwrites.</summary>
    /// <exception cref="SetupException">key_exists</exception>
    public static void Make(string path)
    {
        if (File.Exists(path))
        {
            throw new SetupException("key_exists", $"{path} exists and is not touched.");
        }

        Write(path, Convert.ToBase64String(RandomNumberGenerator.GetBytes(MasterKey.KeyBytes)) + "\n");
    }

    /// <summary>Puts a new key of the next version beside those of a file. Who reads the file meanwhile gets the old text or the new one.</summary>
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
            throw new SetupException("key_exists", $"{next} exists: another append is under way, or was broken off. Delete it when none is.");
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

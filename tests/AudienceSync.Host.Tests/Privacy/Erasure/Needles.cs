using System.Security.Cryptography;
using System.Text;

namespace AudienceSync.Host.Tests.Privacy.Erasure;

/// <summary>Everything by which somebody could be recognised in bytes, by a name for the test's words.</summary>
internal sealed class Needles
{
    private readonly List<(string Name, byte[] Bytes)> _needles = [];

    /// <summary>The text itself, and its SHA-256 in hex of either case, as base64 and as bytes.</summary>
    public Needles Text(string name, string text)
    {
        var digest = SHA256.HashData(Encoding.UTF8.GetBytes(text));
        return Add(name, Encoding.UTF8.GetBytes(text)).Bytes("SHA-256 of " + name, digest).Add($"SHA-256 of {name} in base64", Encoding.ASCII.GetBytes(Convert.ToBase64String(digest)));
    }

    /// <summary>A digest as it lies in a uuid column, and as it is written: in hex, and with hyphens.</summary>
    public Needles Digest(string name, Guid digest) =>
        Bytes(name, digest.ToByteArray(bigEndian: true)).Add(name + " with hyphens", Encoding.ASCII.GetBytes(digest.ToString()));

    /// <summary>All of both.</summary>
    public Needles Union(Needles other)
    {
        var both = new Needles();
        both._needles.AddRange([.. _needles, .. other._needles]);
        return both;
    }

    /// <summary>The names of what a text or a file's bytes hold.</summary>
    public IEnumerable<string> In(byte[] bytes) => _needles.Where(needle => bytes.AsSpan().IndexOf(needle.Bytes) >= 0).Select(needle => needle.Name);

    public IEnumerable<string> In(string text) => In(Encoding.UTF8.GetBytes(text));

    /// <summary>What the files of a folder hold, as "needle in file".</summary>
    public List<string> InFiles(string folder, Func<string, bool> isSearched)
    {
        var found = new List<string>();
        foreach (var file in Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories).Where(file => isSearched(Path.GetRelativePath(folder, file))))
        {
            if (new FileInfo(file).Length > 0 && TryRead(file) is { } bytes)
            {
                found.AddRange(In(bytes).Select(name => $"{name} in {Path.GetRelativePath(folder, file)}"));
            }
        }

        return found;
    }

    /// <summary>Bytes as they are, and in hex of either case.</summary>
    public Needles Bytes(string name, byte[] bytes) => Add(name, bytes)
        .Add(name + " in hex", Encoding.ASCII.GetBytes(Convert.ToHexStringLower(bytes)))
        .Add(name + " in capital hex", Encoding.ASCII.GetBytes(Convert.ToHexString(bytes)));

    private Needles Add(string name, byte[] bytes)
    {
        _needles.Add((name, bytes));
        return this;
    }

    // The server deletes files of its own while we look; sockets are no files.
    private static byte[]? TryRead(string file)
    {
        try
        {
            return File.ReadAllBytes(file);
        }
        catch (IOException)
        {
            return null;
        }
    }
}

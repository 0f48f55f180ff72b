using System.Security.Cryptography;
using System.Text;

namespace AudienceSync.Host.Tests.Privacy.Erasure;

/// <summary>All byte sequences by which a person could be recognized, each with a name for the test's output.</summary>
internal sealed class Needles
{
    private readonly List<(string Name, byte[] Bytes)> _needles = [];

    /// <summary>The text itself, and its SHA-256 in hex of either case, as base64 and as bytes.</summary>
    public Needles Text(string name, string text)
    {
        var digest = SHA256.HashData(Encoding.UTF8.GetBytes(text));
        return Add(name, Encoding.UTF8.GetBytes(text))
            .Bytes("SHA-256 of " + name, digest)
            .Add($"SHA-256 of {name} in base64", Encoding.ASCII.GetBytes(Convert.ToBase64String(digest)));
    }

    /// <summary>A digest as stored in a uuid column, and as written: in hex, and with hyphens.</summary>
    public Needles Digest(string name, Guid digest) =>
        Bytes(name, digest.ToByteArray(bigEndian: true)).Add(name + " with hyphens", Encoding.ASCII.GetBytes(digest.ToString()));

    /// <summary>The needles of both.</summary>
    public Needles Union(Needles other)
    {
        var both = new Needles();
        both._needles.AddRange([.. _needles, .. other._needles]);
        return both;
    }

    /// <summary>The names of the needles found in a text or in the bytes of a file.</summary>
    public IEnumerable<string> In(byte[] bytes) =>
        _needles.Where(needle => bytes.AsSpan().IndexOf(needle.Bytes) >= 0).Select(needle => needle.Name);

    public IEnumerable<string> In(string text) => In(Encoding.UTF8.GetBytes(text));

    /// <summary>What was found in the files of a folder, as "needle in file".</summary>
    public List<string> InFiles(string folder, Func<string, bool> isSearched)
    {
        var found = new List<string>();
        foreach (
            var file in Directory
                .EnumerateFiles(folder, "*", SearchOption.AllDirectories)
                .Where(file => isSearched(Path.GetRelativePath(folder, file)))
        )
        {
            if (new FileInfo(file).Length > 0 && TryRead(file) is { } bytes)
            {
                found.AddRange(In(bytes).Select(name => $"{name} in {Path.GetRelativePath(folder, file)}"));
            }
        }

        return found;
    }

    /// <summary>Bytes as they are, and in upper-case and lower-case hex.</summary>
    public Needles Bytes(string name, byte[] bytes) =>
        Add(name, bytes)
            .Add(name + " in hex", Encoding.ASCII.GetBytes(Convert.ToHexStringLower(bytes)))
            .Add(name + " in capital hex", Encoding.ASCII.GetBytes(Convert.ToHexString(bytes)));

    private Needles Add(string name, byte[] bytes)
    {
        _needles.Add((name, bytes));
        return this;
    }

    // The server deletes its own files during the search; sockets are not files.
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

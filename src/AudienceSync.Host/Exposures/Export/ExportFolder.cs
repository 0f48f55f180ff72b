using System.Security.Cryptography;

namespace AudienceSync.Host.Exposures.Export;

/// <summary>
/// The folder of an export. A file gets its name when it is whole and on disk; until then it is <c>.tmp</c>, which the next run
/// removes.
/// </summary>
internal sealed class ExportFolder(string root)
{
    private const string Temporary = ".tmp";

    /// <summary>Called between the steps of an export: a test ends it there.</summary>
    internal Action Step { get; init; } = static () => { };

    public string PathOf(string name) => Path.Combine(root, name);

    public bool Has(string name) => File.Exists(PathOf(name));

    /// <summary>Removes what was not finished in a folder.</summary>
    public void Clear(string folder)
    {
        var path = Directory.CreateDirectory(PathOf(folder)).FullName;
        foreach (var left in Directory.EnumerateFiles(path, "*" + Temporary))
        {
            File.Delete(left);
        }
    }

    /// <summary>Writes a file, or replaces it.</summary>
    public async Task WriteAsync(string name, Func<Stream, Task> write, CancellationToken cancellationToken)
    {
        var path = PathOf(name);
        Step();
        await using (var file = new FileStream(path + Temporary, FileMode.Create, FileAccess.Write, FileShare.None))
        {
            await write(file);
            Step();
            await file.FlushAsync(cancellationToken);
            file.Flush(flushToDisk: true);
        }

        Step();
        File.Move(path + Temporary, path, overwrite: true);
        Step();
    }

    /// <summary>The digest of a file's bytes, in hex.</summary>
    public async Task<string> DigestAsync(string name, CancellationToken cancellationToken)
    {
        await using var file = File.OpenRead(PathOf(name));
        return Convert.ToHexStringLower(await SHA256.HashDataAsync(file, cancellationToken));
    }
}

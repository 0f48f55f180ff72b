namespace AudienceSync.Bench.Processes;

/// <summary>The data folder of one run, deleted with all it holds when the run ends.</summary>
internal sealed class RunFolder : IDisposable
{
    public RunFolder(RepositoryRoot root)
    {
        Path = System.IO.Path.Combine(root.Folder, ".data", $"bench-{Environment.ProcessId}");
        Directory.CreateDirectory(Path);
    }

    public string Path { get; }

    public string File(string name) => System.IO.Path.Combine(Path, name);

    public void Dispose()
    {
        try
        {
            Directory.Delete(Path, recursive: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            Console.Error.WriteLine($"{Path} could not be deleted: {e.Message}");
        }
    }
}

namespace AudienceSync.Bench;

/// <summary>The folder of the solution and its built programs: AUDIENCESYNC_ROOT, or upwards from here to AudienceSync.sln.</summary>
internal sealed record RepositoryRoot(string Folder)
{
    public static RepositoryRoot Find()
    {
        if (Environment.GetEnvironmentVariable("AUDIENCESYNC_ROOT") is { Length: > 0 } given)
        {
            return new RepositoryRoot(Path.GetFullPath(given));
        }

        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "AudienceSync.sln")))
            {
                return new RepositoryRoot(folder.FullName);
            }
        }

        throw new BenchFailedException("AudienceSync.sln was not found above the program; set AUDIENCESYNC_ROOT.");
    }

    /// <summary>The Release build of one of the programs in src.</summary>
    public string Program(string name)
    {
        string dll = Path.Combine(Folder, "src", name, "bin", "Release", "net10.0", $"{name}.dll");
        return File.Exists(dll) ? dll : throw new BenchFailedException($"{dll} is missing: run dotnet build -c Release first.");
    }
}

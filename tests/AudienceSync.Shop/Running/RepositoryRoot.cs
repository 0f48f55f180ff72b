namespace AudienceSync.Shop.Running;

/// <summary>The path of the repository, and the programs that were built in it.</summary>
internal sealed record RepositoryRoot(string Path)
{
    private const string Variable = "AUDIENCESYNC_ROOT";

    /// <exception cref="StartException">There is no AudienceSync.sln above this program.</exception>
    public static RepositoryRoot Find()
    {
        if (Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } given)
        {
            return new RepositoryRoot(System.IO.Path.GetFullPath(given));
        }

        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(System.IO.Path.Combine(folder.FullName, "AudienceSync.sln")))
            {
                return new RepositoryRoot(folder.FullName);
            }
        }

        throw new StartException(
            $"cannot find AudienceSync.sln above {AppContext.BaseDirectory}; set {Variable} to the repository's folder"
        );
    }

    /// <exception cref="StartException">The program is not built.</exception>
    public string Program(string name)
    {
        var path = System.IO.Path.Combine(Path, "src", name, "bin", "Release", "net10.0", $"{name}.dll");
        return File.Exists(path) ? path : throw new StartException($"{name} is not built: {path} is missing (dotnet build -c Release)");
    }
}

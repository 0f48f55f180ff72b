namespace AudienceSync.Shop.Running;

/// <summary>Where the repository is, and the programs that were built in it.</summary>
internal sealed record RepositoryRoot(string Path)
{
    private const string Variable = "AUDIENCESYNC_ROOT";

    /// <exception cref="StartProblem">There is no AudienceSync.sln above this program.</exception>
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

        throw new StartProblem($"cannot find AudienceSync.sln above {AppContext.BaseDirectory}; set {Variable} to the repository's folder");
    }

    /// <exception cref="StartProblem">It is not built.</exception>
    public string Program(string name)
    {
        var path = System.IO.Path.Combine(Path, "src", name, "bin", "Release", "net10.0", $"{name}.dll");
        return File.Exists(path) ? path : throw new StartProblem($"{name} is not built: {path} is missing (dotnet build -c Release)");
    }
}

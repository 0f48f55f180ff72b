namespace AudienceSync.CodeRules.Sources;

/// <summary>The files of this repository, found by searching upward from the test directory.</summary>
internal static class Repository
{
    private static readonly string[] NotOurs = ["bin", "obj", "node_modules", "TestResults", "BenchmarkDotNet.Artifacts"];

    private static readonly string[] HiddenButOurs = [".ci", ".github", ".config"];

    public static string Root { get; } = FindRoot();

    /// <summary>Every file, by its path from the root with forward slashes.</summary>
    public static IReadOnlyList<string> Files { get; } = [.. Enumerate(Root).Order(StringComparer.Ordinal)];

    /// <summary>Every C# file of src and tests, parsed.</summary>
    public static IReadOnlyList<SourceFile> CSharp { get; } =
    [
        .. Files
            .Where(f => f.EndsWith(".cs", StringComparison.Ordinal) && (IsIn(f, "src") || IsIn(f, "tests")))
            .Select(f => new SourceFile(f)),
    ];

    public static bool IsIn(string path, string folder) => path.StartsWith(folder + "/", StringComparison.Ordinal);

    public static string Read(string path) => File.ReadAllText(Path.Combine(Root, path));

    private static string FindRoot()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "AudienceSync.sln")))
            {
                return folder.FullName;
            }
        }

        throw new InvalidOperationException("No AudienceSync.sln above the tests: they must run from a checkout.");
    }

    private static IEnumerable<string> Enumerate(string folder)
    {
        foreach (
            var file in Directory.EnumerateFiles(folder).Where(f => !string.Equals(Path.GetFileName(f), ".git", StringComparison.Ordinal))
        )
        {
            yield return Path.GetRelativePath(Root, file).Replace('\\', '/');
        }

        foreach (var file in Directory.EnumerateDirectories(folder).Where(IsOurs).SelectMany(Enumerate))
        {
            yield return file;
        }
    }

    private static bool IsOurs(string folder)
    {
        var name = Path.GetFileName(folder);
        return !NotOurs.Contains(name) && (!name.StartsWith('.') || HiddenButOurs.Contains(name));
    }
}

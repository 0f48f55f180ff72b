using System.Text.RegularExpressions;
using AudienceSync.CodeRules.Sources;

namespace AudienceSync.CodeRules.Language;

public sealed class BannedWordTests
{
    private static readonly string[] Texts =
    [
        ".cs",
        ".csproj",
        ".props",
        ".targets",
        ".sql",
        ".md",
        ".yml",
        ".yaml",
        ".json",
        ".sh",
        ".js",
        ".css",
        ".html",
        ".razor",
        ".txt",
        ".sln",
        ".editorconfig",
        ".gitignore",
        "Dockerfile",
        "/run",
        "/test",
        "/bench",
    ];

    private static readonly string[] CatchAllNames = ["Core", "Common", "Helpers", "Services", "Managers", "Models"];

    // Concatenated from parts, so that this file does not contain the words it searches for.
    private static readonly Regex Promise = Of(@"\b(" + "TO" + "DO|FIX" + @"ME|HA" + @"CK)\b");

    private static readonly Regex MachinePath = Of(@"(?<![\w.\-/~}])/(wo" + "rk|ro" + @"ot)/");

    [Fact]
    public void No_comment_promises_later_work() => Lines(Promise).ShouldBeEmpty();

    [Fact]
    public void No_path_of_a_machine_is_written_down() => Lines(MachinePath).ShouldBeEmpty();

    [Fact]
    public void No_folder_of_src_has_a_catch_all_name() =>
        Repository
            .Files.Where(f => Repository.IsIn(f, "src"))
            .Select(f => Path.GetDirectoryName(f)!.Replace('\\', '/'))
            .Distinct()
            .Where(folder => folder.Split('/').Intersect(CatchAllNames, StringComparer.OrdinalIgnoreCase).Any())
            .ShouldBeEmpty();

    [Theory]
    [InlineData("cd /{0}/main", true)]
    [InlineData("\"/{0}/x\"", true)]
    [InlineData("https://example.org/{0}/x", false)]
    [InlineData("docs/{0}/x", false)]
    [InlineData("/{0}s/x", false)]
    public void A_path_of_a_machine_is_distinguished_from_a_part_of_another(string line, bool found)
    {
        foreach (var folder in new[] { "wo" + "rk", "ro" + "ot" })
        {
            MachinePath.IsMatch(string.Format(System.Globalization.CultureInfo.InvariantCulture, line, folder)).ShouldBe(found);
        }
    }

    [Fact]
    public void The_enumeration_of_the_files_finds_what_it_should_read()
    {
        Repository.Files.ShouldContain("src/AudienceSync.Domain/Limits.cs");
        Repository.Files.ShouldContain(".editorconfig");
        Repository.Files.Where(f => f.Contains("/obj/", StringComparison.Ordinal)).ShouldBeEmpty();
    }

    private static List<string> Lines(Regex word) =>
        [
            .. Repository
                .Files.Where(IsOurText)
                .SelectMany(file =>
                    Repository
                        .Read(file)
                        .Split('\n')
                        .Select((line, index) => (line, index))
                        .Where(l => word.IsMatch(l.line))
                        .Select(l => $"{file}:{l.index + 1}: {l.line.Trim()}")
                ),
        ];

    private static bool IsOurText(string file) =>
        Array.Exists(Texts, t => ("/" + file).EndsWith(t, StringComparison.Ordinal))
        && !file.EndsWith("packages.lock.json", StringComparison.Ordinal)
        && !file.Contains("/wwwroot/lib/", StringComparison.Ordinal);

    private static Regex Of(string pattern) => new(pattern, RegexOptions.ExplicitCapture, TimeSpan.FromSeconds(1));
}

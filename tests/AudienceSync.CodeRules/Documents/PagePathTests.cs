using System.Text.RegularExpressions;
using AudienceSync.CodeRules.Sources;

namespace AudienceSync.CodeRules.Documents;

/// <summary>Pages name files, and a reader opens them: every file that is named and every page that is linked exists.</summary>
public sealed class PagePathTests
{
    /// <summary>A path is written from the root, from <c>src/AudienceSync.Host</c>, or from a project without the product's name.</summary>
    private static readonly string[] Starts = ["", "src/", "src/AudienceSync.Host/", "src/AudienceSync.", "tests/AudienceSync."];

    /// <summary>Files that exist only where the program runs.</summary>
    private static readonly string[] NotOurs = ["secrets/sandbox.json"];

    private static readonly Regex Named = new(
        @"`(?<path>\w[\w.-]*(/[\w.-]+)+\.(cs|sql|md|txt|json|ya?ml|csproj))`",
        RegexOptions.ExplicitCapture,
        TimeSpan.FromSeconds(1)
    );

    private static readonly Regex Placeholder = new("NAME|NNN|ALIAS", RegexOptions.None, TimeSpan.FromSeconds(1));

    private static readonly Regex Linked = new(
        @"\]\((?!https?:|mailto:)(?<path>[^)#\s]+)(#[^)]*)?\)",
        RegexOptions.ExplicitCapture,
        TimeSpan.FromSeconds(1)
    );

    // The change log names files as they were.
    private static IEnumerable<string> Pages =>
        Repository.Files.Where(file => file.EndsWith(".md", StringComparison.Ordinal) && file != "CHANGELOG.md");

    [Fact]
    public void Every_file_that_a_page_names_exists() =>
        Pages.SelectMany(page => Missing(Repository.Read(page), Exists).Select(path => $"{page}: {path}")).ShouldBeEmpty();

    [Fact]
    public void Every_page_that_is_linked_exists() =>
        Pages
            .SelectMany(page =>
                Linked
                    .Matches(Repository.Read(page))
                    .Select(match => match.Groups["path"].Value)
                    .Where(path => !Path.Exists(Path.Combine(Repository.Root, Path.GetDirectoryName(page)!, path)))
                    .Select(path => $"{page}: {path}")
            )
            .ShouldBeEmpty();

    [Theory]
    [InlineData("see `Ingest/Reading/Gone.cs`", "Ingest/Reading/Gone.cs")]
    [InlineData("`docs/gone.md` and `tests/x/gone.json`", "docs/gone.md tests/x/gone.json")]
    [InlineData("`src/AudienceSync.Connectors/NAME/NAMESettings.cs`", "")]
    [InlineData("`GET /v1/people/export`, `Gone.cs`, a/plain.cs", "")]
    public void A_file_is_a_path_with_a_folder_between_backticks(string text, string missing) =>
        string.Join(' ', Missing(text, exists: _ => false)).ShouldBe(missing);

    private static IEnumerable<string> Missing(string text, Func<string, bool> exists) =>
        Named
            .Matches(text)
            .Select(match => match.Groups["path"].Value)
            .Where(path => !Placeholder.IsMatch(path) && !NotOurs.Contains(path) && !exists(path));

    private static bool Exists(string path) => Starts.Any(start => File.Exists(Path.Combine(Repository.Root, start + path)));
}

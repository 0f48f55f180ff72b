using System.Text.RegularExpressions;
using AudienceSync.CodeRules.Sources;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace AudienceSync.CodeRules.Language;

/// <summary>The words that docs/GLOSSARY.md replaced do not come back; OldWords.txt lists them.</summary>
public sealed class OldWordTests
{
    private const string List = "tests/AudienceSync.CodeRules/OldWords.txt";

    private static readonly string[] Texts = [".cs", ".csproj", ".sql", ".md", ".mutation", ".txt", ".yml", ".yaml", ".sh"];

    private static readonly Regex CaseBoundary = Of("(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])|_");

    private static readonly Dictionary<string, HashSet<string>> Sections = Read();

    private static readonly Regex Everywhere = Of(@"(?i)\b(" + string.Join('|', Sections["everywhere"]) + @")\b");

    [Fact]
    public void No_old_word_occurs_in_src_tests_and_docs() =>
        Repository
            .Files.Where(IsSearched)
            .SelectMany(file => Repository.Read(file).Split('\n').Select((line, index) => (Line: line, At: $"{file}:{index + 1}")))
            .Where(one => Find(one.Line) is not null)
            .Select(one => $"{one.At}: {Find(one.Line)}: {one.Line.Trim()}")
            .ShouldBeEmpty();

    [Fact]
    public void No_type_and_no_member_is_named_by_an_old_word() =>
        Repository
            .CSharp.SelectMany(file =>
                file.Syntax.DescendantNodes()
                    .Select(NameOf)
                    .OfType<SyntaxToken>()
                    .Where(name => IsOldName(name.Text))
                    .Select(name => $"{file.Path}: {name.Text}")
            )
            .ShouldBeEmpty();

    [Theory]
    [InlineData("what the list {0}s", "say")]
    [InlineData("var {0}Again = 1;", "said")]
    [InlineData("A_member_{0}_twice", "told")]
    [InlineData("_{0}", "judged")]
    [InlineData("unsaid, essay, soothsayer, history, the", null)]
    [InlineData("\"saidRevision\": 1", null)]
    public void An_old_word_is_found_in_prose_and_within_an_identifier(string line, string? word) =>
        (Find(string.Format(System.Globalization.CultureInfo.InvariantCulture, line, word)) is not null).ShouldBe(word is not null);

    [Theory]
    [InlineData("MemberBook", true)]
    [InlineData("WalkTree", true)]
    [InlineData("Bookkeeping", false)]
    [InlineData("Passwords", false)]
    public void A_name_is_old_by_one_of_its_parts(string name, bool isOld) => IsOldName(name).ShouldBe(isOld);

    private static string? Find(string line)
    {
        var text = Sections["kept"].Aggregate(line, (left, kept) => left.Replace(kept, "", StringComparison.Ordinal));
        return Everywhere.Match(CaseBoundary.Replace(text, " ")) is { Success: true } match ? match.Value : null;
    }

    private static bool IsOldName(string name) =>
        !name.Contains('_', StringComparison.Ordinal) && CaseBoundary.Split(name).Any(Sections["names"].Contains);

    private static SyntaxToken? NameOf(SyntaxNode node) =>
        node switch
        {
            BaseTypeDeclarationSyntax type => type.Identifier,
            DelegateDeclarationSyntax type => type.Identifier,
            MethodDeclarationSyntax method => method.Identifier,
            PropertyDeclarationSyntax property => property.Identifier,
            EnumMemberDeclarationSyntax member => member.Identifier,
            VariableDeclaratorSyntax { Parent.Parent: FieldDeclarationSyntax } field => field.Identifier,
            ParameterSyntax { Parent.Parent: RecordDeclarationSyntax } component => component.Identifier,
            _ => null,
        };

    private static bool IsSearched(string file) =>
        (
            Repository.IsIn(file, "src")
            || Repository.IsIn(file, "tests")
            || Repository.IsIn(file, "docs")
            || file is "README.md" or "CONTRIBUTING.md"
        )
        && Array.Exists(Texts, ending => file.EndsWith(ending, StringComparison.Ordinal))
        && file is not (List or "tests/AudienceSync.CodeRules/Language/OldWordTests.cs");

    // A section's name in brackets, then its words, as many as one likes on a line.
    private static Dictionary<string, HashSet<string>> Read()
    {
        var sections = new Dictionary<string, HashSet<string>>(StringComparer.Ordinal);
        var section = "";
        foreach (var line in Repository.Read(List).Split('\n').Select(line => line.Trim()).Where(line => line.Length > 0 && line[0] != '#'))
        {
            if (line[0] == '[')
            {
                section = line.Trim('[', ']');
                sections[section] = new HashSet<string>(StringComparer.Ordinal);
                continue;
            }

            sections[section].UnionWith(line.Split(' ', StringSplitOptions.RemoveEmptyEntries));
        }

        return sections;
    }

    private static Regex Of(string pattern) => new(pattern, RegexOptions.ExplicitCapture, TimeSpan.FromSeconds(1));
}

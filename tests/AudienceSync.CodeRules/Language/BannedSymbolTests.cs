using System.Text.RegularExpressions;
using System.Xml.Linq;
using AudienceSync.CodeRules.Sources;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace AudienceSync.CodeRules.Language;

/// <summary>The compiler refuses ambient time and randomness; these tests check that the rule is not switched off.</summary>
public sealed class BannedSymbolTests
{
    private const string Rule = "RS0030";

    [Theory]
    [InlineData("P:System.DateTime.Now")]
    [InlineData("P:System.DateTime.UtcNow")]
    [InlineData("P:System.DateTime.Today")]
    [InlineData("P:System.DateTimeOffset.Now")]
    [InlineData("P:System.DateTimeOffset.UtcNow")]
    [InlineData("P:System.Random.Shared")]
    [InlineData("M:System.Random.#ctor")]
    [InlineData("M:System.Threading.Thread.Sleep(System.Int32)")]
    [InlineData("M:System.Threading.Thread.Sleep(System.TimeSpan)")]
    [InlineData("M:System.Threading.Tasks.Task.Delay(System.Int32)")]
    [InlineData("M:System.Threading.Tasks.Task.Delay(System.TimeSpan)")]
    public void Ambient_time_and_randomness_are_on_the_list(string symbol) =>
        Repository.Read("BannedSymbols.txt").Split('\n').Select(l => l.Split(';')[0].Trim()).ShouldContain(symbol);

    [Fact]
    public void Every_project_is_built_with_the_list_and_with_its_analyzer()
    {
        var props = XElement.Parse(Repository.Read("Directory.Build.props"));
        props
            .Descendants("AdditionalFiles")
            .Select(i => i.Attribute("Include")!.Value)
            .ShouldContain("$(MSBuildThisFileDirectory)BannedSymbols.txt");
        props
            .Descendants("PackageReference")
            .Select(i => i.Attribute("Include")!.Value)
            .ShouldContain("Microsoft.CodeAnalysis.BannedApiAnalyzers");
        Repository
            .Files.Where(f =>
                f.EndsWith("Directory.Build.props", StringComparison.Ordinal)
                || f.EndsWith("Directory.Build.targets", StringComparison.Ordinal)
            )
            .ShouldBe(["Directory.Build.props"], "a nested file would hide the one at the root");
    }

    [Fact]
    public void Domain_has_a_list_of_its_own_against_input_and_output()
    {
        XElement
            .Parse(Repository.Read("src/AudienceSync.Domain/AudienceSync.Domain.csproj"))
            .Descendants("AdditionalFiles")
            .Select(i => i.Attribute("Include")!.Value)
            .ShouldContain("BannedSymbols.Domain.txt");
        Repository.Read("src/AudienceSync.Domain/BannedSymbols.Domain.txt").ShouldContain("T:System.IO.File;");
    }

    [Fact]
    public void A_banned_symbol_is_an_error_everywhere()
    {
        var stated = Repository
            .Files.Where(f =>
                f.EndsWith(".editorconfig", StringComparison.Ordinal) || f.EndsWith(".globalconfig", StringComparison.Ordinal)
            )
            .SelectMany(f =>
                Repository.Read(f).Split('\n').Where(l => l.Contains(Rule, StringComparison.Ordinal)).Select(l => $"{f}: {l.Trim()}")
            );
        stated.ShouldBe([".editorconfig: dotnet_diagnostic.RS0030.severity = error"]);
    }

    [Fact]
    public void The_rule_is_switched_off_nowhere()
    {
        var projects = Repository.Files.Where(f =>
            Regex.IsMatch(f, @"\.(csproj|props|targets)$", RegexOptions.ExplicitCapture, TimeSpan.FromSeconds(1))
        );
        projects.Where(f => Repository.Read(f).Contains(Rule, StringComparison.Ordinal)).ShouldBeEmpty();
        Repository
            .CSharp.SelectMany(f =>
                f.Syntax.DescendantNodes(descendIntoTrivia: true)
                    .Where(n =>
                        n is PragmaWarningDirectiveTriviaSyntax or AttributeSyntax && n.ToString().Contains(Rule, StringComparison.Ordinal)
                    )
                    .Select(f.At)
            )
            .ShouldBeEmpty();
    }
}

using System.Text.RegularExpressions;
using AudienceSync.CodeRules.Sources;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace AudienceSync.CodeRules.Documents;

/// <summary>docs/PROMISES.md names tests that exist.</summary>
public sealed class PromisesPageTests
{
    private static readonly Regex Named = new(@"`(?<test>\w+\.\w+)`", RegexOptions.ExplicitCapture, TimeSpan.FromSeconds(1));

    [Fact]
    public void Every_test_named_on_the_page_exists()
    {
        var tests = Repository
            .CSharp.Where(f => Repository.IsIn(f.Path, "tests"))
            .SelectMany(f => f.Syntax.DescendantNodes().OfType<MethodDeclarationSyntax>())
            .Where(IsTest)
            .Select(m => $"{(m.Parent as TypeDeclarationSyntax)?.Identifier.Text}.{m.Identifier.Text}")
            .ToHashSet(StringComparer.Ordinal);
        Rows().SelectMany(row => row.Tests).Where(name => !tests.Contains(name)).ShouldBeEmpty();
    }

    [Fact]
    public void Every_promise_names_a_test()
    {
        Rows().ShouldNotBeEmpty();
        Rows().Where(row => row.Tests.Count == 0).Select(row => row.Promise).ShouldBeEmpty();
    }

    /// <summary>| promise | meaning | tests |, without the header and separator rows.</summary>
    private static IEnumerable<(string Promise, List<string> Tests)> Rows() =>
        Repository
            .Read("docs/PROMISES.md")
            .Split('\n')
            .Select(line => line.Split('|', StringSplitOptions.TrimEntries))
            .Where(cells => cells is ["", not "promise" and not "---", _, _, ""])
            .Select(cells => (cells[1], Named.Matches(cells[3]).Select(match => match.Groups["test"].Value).ToList()));

    private static bool IsTest(MethodDeclarationSyntax method) =>
        method
            .AttributeLists.SelectMany(list => list.Attributes)
            .Any(attribute => attribute.Name.ToString() is "Fact" or "Theory" or "SkippableFact" or "SkippableTheory");
}

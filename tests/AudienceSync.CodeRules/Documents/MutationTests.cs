using AudienceSync.CodeRules.Sources;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace AudienceSync.CodeRules.Documents;

/// <summary>
/// The mutations of tests/mutations can be applied: <c>./prove mutations</c> takes an hour; a find text that no longer matches is reported
/// earlier, here.
/// </summary>
public sealed class MutationTests
{
    public static TheoryData<string> Files => [.. Repository.Files.Where(file => file.EndsWith(".mutation", StringComparison.Ordinal))];

    [Theory]
    [MemberData(nameof(Files))]
    public void The_text_of_a_mutation_stands_exactly_once_in_its_file_and_differs_from_its_replacement(string path)
    {
        var mutation = Repository.Read(path);
        var source = Repository.Read(Field(mutation, "file"));
        var find = Between(mutation, "--- find\n", "\n--- replace\n");
        source.Split(find).Length.ShouldBe(2, $"in {Field(mutation, "file")}: {find}");
        find.ShouldNotBe(Between(mutation, "--- replace\n", "--- end\n").TrimEnd('\n'));
    }

    [Theory]
    [MemberData(nameof(Files))]
    public void The_tests_that_kill_a_mutation_exist(string path)
    {
        var mutation = Repository.Read(path);
        var project = $"tests/AudienceSync.{Field(mutation, "project")}";
        var tests = Repository
            .CSharp.Where(file => Repository.IsIn(file.Path, project))
            .SelectMany(file => file.Syntax.DescendantNodes().OfType<MethodDeclarationSyntax>())
            .Where(method => method.Parent is ClassDeclarationSyntax)
            .Select(method => $"{Namespace(method)}.{((ClassDeclarationSyntax)method.Parent!).Identifier.Text}.{method.Identifier.Text}")
            .ToList();
        foreach (var filter in Field(mutation, "test").Split('|'))
        {
            var name = filter.Split('~')[1];
            tests.ShouldContain(test => test.Contains(name, StringComparison.Ordinal), $"{path}: {filter}");
        }
    }

    [Fact]
    public void There_are_thirty_mutations_at_least() => Files.Count.ShouldBeGreaterThanOrEqualTo(30);

    private static string Namespace(MethodDeclarationSyntax method) =>
        method.Ancestors().OfType<BaseNamespaceDeclarationSyntax>().First().Name.ToString();

    private static string Field(string mutation, string name) =>
        mutation.Split('\n').Single(line => line.StartsWith(name + ": ", StringComparison.Ordinal))[(name.Length + 2)..];

    private static string Between(string text, string begin, string end)
    {
        var from = text.IndexOf(begin, StringComparison.Ordinal) + begin.Length;
        return text[from..text.IndexOf(end, from, StringComparison.Ordinal)];
    }
}

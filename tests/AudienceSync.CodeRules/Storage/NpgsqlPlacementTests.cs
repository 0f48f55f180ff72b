using AudienceSync.CodeRules.References;
using AudienceSync.CodeRules.Sources;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace AudienceSync.CodeRules.Storage;

/// <summary>
/// Npgsql is used in files whose name ends in Store, Queries or Sql, and in EventStore: checked in the compiled assemblies and in the
/// sources.
/// </summary>
public sealed class NpgsqlPlacementTests
{
    // They distinguish exceptions of the driver, or register its telemetry.
    private static readonly string[] Others = ["GroupCommit", "OutageLog", "LogSetup", "TelemetrySetup"];

    // The files of a type's name.
    private static readonly ILookup<string, string> Declarations = Repository
        .CSharp.Where(f => Repository.IsIn(f.Path, "src"))
        .SelectMany(f => f.Syntax.DescendantNodes().OfType<BaseTypeDeclarationSyntax>().Select(type => (type.Identifier.ValueText, f.Path)))
        .ToLookup(one => one.ValueText, one => one.Path, StringComparer.Ordinal);

    [Fact]
    public void Only_stores_use_a_type_of_npgsql()
    {
        using var host = new AssemblyUse(ProjectReferences.AssemblyPath("Host"), "Npgsql");
        host.Users().ShouldNotBeEmpty("then the rule below would hold of anything");
        host.Users()
            .Where(type => !SqlPlacementTests.IsPlace(FileOf(type)) && !Others.Contains(NameOf(type), StringComparer.Ordinal))
            .ShouldBeEmpty();
    }

    [Fact]
    public void Only_stores_name_npgsql_in_their_sources() =>
        Repository
            .CSharp.Where(f =>
                Repository.IsIn(f.Path, "src")
                && !SqlPlacementTests.IsPlace(f.Path)
                && !Others.Contains(Path.GetFileNameWithoutExtension(f.Path), StringComparer.Ordinal)
            )
            .SelectMany(f => f.Syntax.DescendantTokens().Where(NamesNpgsql).Select(t => f.At(t.Parent!)))
            .ShouldBeEmpty();

    /// <summary>The driver labels the metrics of a pool without a name with its connection string.</summary>
    [Fact]
    public void Every_pool_has_a_name() =>
        Repository.CSharp.Where(f => Repository.IsIn(f.Path, "src")).SelectMany(NamelessPools).ShouldBeEmpty();

    [Theory]
    [InlineData("var a = NpgsqlDataSource.Create(text);", true)]
    [InlineData("var a = new NpgsqlDataSourceBuilder(text);", true)]
    [InlineData("var a = new NpgsqlDataSourceBuilder(text) { Name = \"hot\" };", false)]
    public void A_pool_has_a_name_by_its_builder(string code, bool found) =>
        NamelessPools(new SourceFile("x.cs", code)).Any().ShouldBe(found);

    [Fact]
    public void The_assembly_reader_finds_every_use_of_npgsql()
    {
        using var samples = new AssemblyUse(typeof(NpgsqlPlacementTests).Assembly.Location, "Npgsql");
        string[] expected =
        [
            nameof(Samples.InAField),
            nameof(Samples.InASignature),
            nameof(Samples.InABody),
            nameof(Samples.InAGenericArgument),
            nameof(Samples.InACatch),
            nameof(Samples.InALambda),
            nameof(Samples.InAnAsyncMethod),
            nameof(Samples.InACallOfAnothersSignature),
            nameof(Samples.InAConstraint<>) + "`1",
        ];
        samples.Users().ShouldBe(expected.Select(name => $"{typeof(Samples.NotAtAll).Namespace}.{name}"), ignoreOrder: true);
    }

    private static IEnumerable<string> NamelessPools(SourceFile file) =>
        file
            .Syntax.DescendantNodes()
            .Where(node =>
                node switch
                {
                    InvocationExpressionSyntax call => call
                        .Expression.ToString()
                        .EndsWith("NpgsqlDataSource.Create", StringComparison.Ordinal),
                    ObjectCreationExpressionSyntax made => made.Type.ToString() == "NpgsqlDataSourceBuilder"
                        && made.Initializer?.Expressions.Any(one => one.ToString().StartsWith("Name =", StringComparison.Ordinal)) != true,
                    _ => false,
                }
            )
            .Select(file.At);

    private static string NameOf(string type) => type[(type.LastIndexOf('.') + 1)..].Split('`')[0];

    // The name itself when no source declares it: a generated type.
    private static string FileOf(string type) => Declarations[NameOf(type)].FirstOrDefault(type);

    private static bool NamesNpgsql(SyntaxToken token) =>
        token.IsKind(SyntaxKind.IdentifierToken) && token.ValueText.StartsWith("Npgsql", StringComparison.Ordinal);
}

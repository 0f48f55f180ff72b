using AudienceSync.CodeRules.References;
using AudienceSync.CodeRules.Sources;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace AudienceSync.CodeRules.Storage;

/// <summary>
/// Npgsql is used in files whose name ends in Store, Queries or Sql, and in EventStore: checked in the compiled assemblies and in the sources.
/// </summary>
public sealed class NpgsqlPlacementTests
{
    // They distinguish exceptions of the driver, or register its telemetry.
    private static readonly string[] Others = ["GroupCommit", "OutageLog", "LogSetup", "TelemetrySetup"];

    [Fact]
    public void Only_stores_use_a_type_of_npgsql()
    {
        using var host = new AssemblyUse(ProjectReferences.AssemblyPath("Host"), "Npgsql");
        host.Users().ShouldNotBeEmpty("then the rule below would hold of anything");
        host.Users().Where(type => !SqlPlacementTests.IsPlace(FileOf(type)) && !Others.Contains(NameOf(type), StringComparer.Ordinal)).ShouldBeEmpty();
    }

    [Fact]
    public void Only_stores_name_npgsql_in_their_sources() =>
        Repository.CSharp
            .Where(f => Repository.IsIn(f.Path, "src") && !SqlPlacementTests.IsPlace(f.Path)
                && !Others.Contains(Path.GetFileNameWithoutExtension(f.Path), StringComparer.Ordinal))
            .SelectMany(f => f.Syntax.DescendantTokens().Where(NamesNpgsql).Select(t => f.At(t.Parent!)))
            .ShouldBeEmpty();

    [Fact]
    public void The_assembly_reader_finds_every_use_of_npgsql()
    {
        using var samples = new AssemblyUse(typeof(NpgsqlPlacementTests).Assembly.Location, "Npgsql");
        string[] expected =
        [
            nameof(Samples.InAField), nameof(Samples.InASignature), nameof(Samples.InABody), nameof(Samples.InAGenericArgument),
            nameof(Samples.InACatch), nameof(Samples.InALambda), nameof(Samples.InAnAsyncMethod), nameof(Samples.InACallOfAnothersSignature),
            nameof(Samples.InAConstraint<>) + "`1",
        ];
        samples.Users().ShouldBe(expected.Select(name => $"{typeof(Samples.NotAtAll).Namespace}.{name}"), ignoreOrder: true);
    }

    private static string NameOf(string type) => type[(type.LastIndexOf('.') + 1)..].Split('`')[0];

    // A namespace is its folder, and the main type of a file has its name: a type elsewhere is found by the sources.
    private static string FileOf(string type) =>
        Repository.CSharp.FirstOrDefault(f => Repository.IsIn(f.Path, "src") && f.Syntax.DescendantNodes()
            .OfType<Microsoft.CodeAnalysis.CSharp.Syntax.BaseTypeDeclarationSyntax>().Any(t => t.Identifier.ValueText == NameOf(type)))?.Path ?? type;

    private static bool NamesNpgsql(SyntaxToken token) =>
        token.IsKind(SyntaxKind.IdentifierToken) && token.ValueText.StartsWith("Npgsql", StringComparison.Ordinal);
}

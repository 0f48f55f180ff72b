using AudienceSync.CodeRules.References;
using AudienceSync.CodeRules.Sources;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace AudienceSync.CodeRules.Storage;

/// <summary>Only Host/Storage uses Npgsql, checked in the compiled assemblies and in the sources.</summary>
public sealed class NpgsqlPlacementTests
{
    private const string Place = "AudienceSync.Host.Storage";

    [Fact]
    public void Only_the_storage_folder_uses_a_type_of_npgsql()
    {
        using var host = new AssemblyUse(ProjectReferences.AssemblyPath("Host"), "Npgsql");
        host.Users().ShouldNotBeEmpty("then the rule below would hold of anything");
        host.Users().Where(type => !type.StartsWith(Place + ".", StringComparison.Ordinal)).ShouldBeEmpty();
    }

    [Fact]
    public void Only_the_storage_folder_names_npgsql_in_its_sources() =>
        Repository.CSharp
            .Where(f => Repository.IsIn(f.Path, "src") && !Repository.IsIn(f.Path, SqlPlacementTests.Place))
            .SelectMany(f => f.Syntax.DescendantTokens().Where(NamesNpgsql).Select(t => f.At(t.Parent!)))
            .ShouldBeEmpty();

    [Fact]
    public void The_storage_folder_and_the_storage_namespace_are_the_same() =>
        Repository.CSharp
            .Where(f => Repository.IsIn(f.Path, "src") && f.Syntax.DescendantNodes()
                .OfType<Microsoft.CodeAnalysis.CSharp.Syntax.BaseNamespaceDeclarationSyntax>()
                .Any(n => IsInPlace(n.Name.ToString()) != Repository.IsIn(f.Path, SqlPlacementTests.Place)))
            .Select(f => f.Path)
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

    private static bool IsInPlace(string name) => string.Equals(name, Place, StringComparison.Ordinal) || name.StartsWith(Place + ".", StringComparison.Ordinal);

    private static bool NamesNpgsql(SyntaxToken token) =>
        token.IsKind(SyntaxKind.IdentifierToken) && token.ValueText.StartsWith("Npgsql", StringComparison.Ordinal);
}

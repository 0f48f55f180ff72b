using AudienceSync.CodeRules.Sources;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace AudienceSync.CodeRules.Language;

/// <summary>
/// A type with behavior is found by its name: a file holds one class, struct or interface. Beside it are only the values that it takes,
/// returns or throws (records, enums, delegates, exceptions), and the handler of a message beside the message, which is a record.
/// </summary>
public sealed class OneTypeTests
{
    /// <summary>Types that are one text: to read one of them is to read all.</summary>
    private static readonly string[] Exceptions =
    [
        "src/AudienceSync.Host/Configuration/AudienceSyncConfig.cs", // The sections of the configuration file, in its order.
        "tests/AudienceSync.CodeRules/Storage/NpgsqlSamples.cs", // Ten ways to name one type.
    ];

    [Fact]
    public void A_file_holds_one_class_struct_or_interface() =>
        Repository
            .CSharp.Where(file => !Exceptions.Contains(file.Path))
            .Select(file => (file.Path, Types: TypesOf(file)))
            .Where(file => file.Types.Count > 1)
            .Select(file => $"{file.Path}: {string.Join(", ", file.Types)}")
            .ShouldBeEmpty();

    [Fact]
    public void Every_exception_is_one() =>
        Repository
            .CSharp.Where(file => Exceptions.Contains(file.Path) && TypesOf(file).Count > 1)
            .Select(file => file.Path)
            .ShouldBe(Exceptions, ignoreOrder: true);

    [Theory]
    [InlineData("class A; class B;", "A B")]
    [InlineData("interface I; sealed class A : I;", "I A")]
    [InlineData("namespace N { struct S; static class E; }", "S E")]
    [InlineData("namespace N; internal sealed class A; file class Helper;", "A")]
    [InlineData("record R(int N); record struct S; enum E { One } delegate void D(); class A;", "A")]
    [InlineData("class A { class Inner; interface I; }", "A")]
    [InlineData("class A; sealed class AFailedException : Exception;", "A")]
    [InlineData("partial class A; partial class A;", "A")]
    public void Values_nested_types_and_types_of_the_file_alone_do_not_count(string code, string types) =>
        string.Join(' ', TypesOf(new SourceFile("x.cs", code))).ShouldBe(types);

    private static List<string> TypesOf(SourceFile file) =>
        [
            .. file
                .Syntax.DescendantNodes(node => node is CompilationUnitSyntax or BaseNamespaceDeclarationSyntax)
                .OfType<TypeDeclarationSyntax>()
                .Where(type =>
                    type is not RecordDeclarationSyntax
                    && !type.Modifiers.Any(SyntaxKind.FileKeyword)
                    && !type.Identifier.Text.EndsWith("Exception", StringComparison.Ordinal)
                )
                .Select(type => type.Identifier.Text)
                .Distinct(StringComparer.Ordinal),
        ];
}

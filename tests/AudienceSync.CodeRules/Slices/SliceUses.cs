using AudienceSync.CodeRules.Sources;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace AudienceSync.CodeRules.Slices;

/// <summary>One use of a type of another slice.</summary>
internal sealed record SliceUse(string From, string To, string Place, string Type);

/// <summary>Finds which slices of Host use which, by the compiler's own binding of every name in the sources.</summary>
internal static class SliceUses
{
    private const string Host = "src/AudienceSync.Host/";

    // What the SDK of a web project imports.
    private const string GlobalUsings = """
        global using System; global using System.Collections.Generic; global using System.IO; global using System.Linq;
        global using System.Net.Http; global using System.Net.Http.Json; global using System.Threading; global using System.Threading.Tasks;
        global using Microsoft.AspNetCore.Builder; global using Microsoft.AspNetCore.Hosting; global using Microsoft.AspNetCore.Http;
        global using Microsoft.AspNetCore.Routing; global using Microsoft.Extensions.Configuration;
        global using Microsoft.Extensions.DependencyInjection; global using Microsoft.Extensions.Hosting;
        global using Microsoft.Extensions.Logging;
        """;

    /// <summary>The folder of Host in which a file is; null for other files.</summary>
    public static string? SliceOf(string path) =>
        path.StartsWith(Host, StringComparison.Ordinal) && path.IndexOf('/', Host.Length) is > 0 and var end
            ? path[Host.Length..end]
            : null;

    /// <summary>The namespace that a file of Host should have.</summary>
    public static string FolderAsNamespace(string path) =>
        Path.GetDirectoryName(path)!.Replace('\\', '/')["src/".Length..].Replace('/', '.');

    public static string? NamespaceOf(SourceFile file) =>
        file.Syntax.DescendantNodes().OfType<BaseNamespaceDeclarationSyntax>().FirstOrDefault()?.Name.ToString();

    public static IReadOnlyList<SliceUse> Of(IEnumerable<SourceFile> files)
    {
        var host = files.Where(file => file.Path.StartsWith(Host, StringComparison.Ordinal)).ToDictionary(file => file.Syntax.SyntaxTree);
        var compilation = CSharpCompilation.Create(
            "Host",
            host.Keys.Append(new SourceFile("GlobalUsings.cs", GlobalUsings).Syntax.SyntaxTree),
            References()
        );
        var uses = new List<SliceUse>();
        foreach (var (tree, file) in host)
        {
            if (SliceOf(file.Path) is not { } from)
            {
                continue;
            }

            var model = compilation.GetSemanticModel(tree);
            uses.AddRange(
                from name in tree.GetRoot().DescendantNodes().OfType<SimpleNameSyntax>()
                let type = TypeOf(model.GetSymbolInfo(name).Symbol)
                where type is not null
                let declared = type
                    .DeclaringSyntaxReferences.Select(reference => host.GetValueOrDefault(reference.SyntaxTree))
                    .FirstOrDefault()
                let to = declared is null ? null : SliceOf(declared.Path)
                where to is not null && to != @from
                select new SliceUse(@from, to!, file.At(name), type!.Name)
            );
        }

        return uses;
    }

    private static INamedTypeSymbol? TypeOf(ISymbol? symbol) =>
        symbol switch
        {
            IAliasSymbol alias => TypeOf(alias.Target),
            INamedTypeSymbol type => type.OriginalDefinition,
            IMethodSymbol { ReducedFrom: { } extension } => extension.ContainingType,
            IMethodSymbol or IPropertySymbol or IFieldSymbol or IEventSymbol => symbol.ContainingType?.OriginalDefinition,
            _ => null,
        };

    // Everything that Host is compiled against is loaded by these tests, too; Host itself must be bound to the sources.
    private static IEnumerable<MetadataReference> References() =>
        ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!)
            .Split(Path.PathSeparator)
            .Where(path => Path.GetFileName(path) != "AudienceSync.Host.dll")
            .Select(path => MetadataReference.CreateFromFile(path));
}

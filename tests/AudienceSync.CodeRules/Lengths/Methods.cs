using AudienceSync.CodeRules.Sources;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Text;

namespace AudienceSync.CodeRules.Lengths;

/// <summary>
/// A method, constructor, accessor, local function or the statements of a Program.cs, without the comments and attributes above it.
/// </summary>
internal static class Methods
{
    public static IEnumerable<(string Name, int Lines)> Of(SourceFile file)
    {
        var methods = file
            .Syntax.DescendantNodes()
            .Where(n => n is BaseMethodDeclarationSyntax or AccessorDeclarationSyntax or LocalFunctionStatementSyntax)
            .Select(n => (file.At(n), Lines(n.SyntaxTree, TextSpan.FromBounds(Start(n), n.Span.End))));
        var statements = file
            .Syntax.ChildNodes()
            .OfType<GlobalStatementSyntax>()
            .Where(s => s.Statement is not LocalFunctionStatementSyntax)
            .ToList();
        return statements.Count == 0
            ? methods
            : methods.Append(
                (file.Path, Lines(file.Syntax.SyntaxTree, TextSpan.FromBounds(statements[0].SpanStart, statements[^1].Span.End)))
            );
    }

    private static int Start(SyntaxNode node) =>
        node is BaseMethodDeclarationSyntax { AttributeLists: [.., var last] }
            ? last.GetLastToken().GetNextToken().SpanStart
            : node.SpanStart;

    private static int Lines(SyntaxTree tree, TextSpan span)
    {
        var lines = tree.GetLineSpan(span);
        return lines.EndLinePosition.Line - lines.StartLinePosition.Line + 1;
    }
}

using AudienceSync.CodeRules.Sources;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Text;

namespace AudienceSync.CodeRules.Lengths;

/// <summary>
/// Lines that are too long for two files beside each other. The formatter breaks code, but neither comments nor the text of strings.
/// </summary>
internal static class LongLines
{
    /// <summary>Where the lines are that have more characters than <paramref name="most"/>.</summary>
    public static IEnumerable<string> Of(SourceFile file, int most)
    {
        var lines = file.Text.Split('\n');
        if (!lines.Any(line => line.Length > most))
        {
            return [];
        }

        var data = Repository.IsIn(file.Path, "tests") ? RawStringLines(file) : [];
        return Of(file.Path, file.Text, most).Where(at => !data.Contains(at.Line)).Select(at => at.Name);
    }

    /// <summary>The same of a file that is not C#.</summary>
    public static IEnumerable<(string Name, int Line)> Of(string path, string text, int most) =>
        text.Split('\n')
            .Select((line, at) => (Text: line, Line: at + 1))
            .Where(line => line.Text.Length > most)
            .Select(line => ($"{path}:{line.Line}: {line.Text.Length} characters", line.Line));

    // In tests a raw string is often one document of another system, on one line because a break would be a part of it.
    private static HashSet<int> RawStringLines(SourceFile file)
    {
        var raw = file
            .Syntax.DescendantNodes()
            .Where(node => node is LiteralExpressionSyntax or InterpolatedStringExpressionSyntax && IsRaw(node.GetFirstToken()))
            .Select(node => node.SyntaxTree.GetLineSpan(node.Span));
        return [.. raw.SelectMany(LinesOf)];
    }

    private static bool IsRaw(SyntaxToken token) =>
        token.Kind()
            is SyntaxKind.SingleLineRawStringLiteralToken
                or SyntaxKind.MultiLineRawStringLiteralToken
                or SyntaxKind.Utf8SingleLineRawStringLiteralToken
                or SyntaxKind.Utf8MultiLineRawStringLiteralToken
                or SyntaxKind.InterpolatedSingleLineRawStringStartToken
                or SyntaxKind.InterpolatedMultiLineRawStringStartToken;

    private static IEnumerable<int> LinesOf(FileLinePositionSpan span) =>
        Enumerable.Range(span.StartLinePosition.Line + 1, span.EndLinePosition.Line - span.StartLinePosition.Line + 1);
}

using System.Text.RegularExpressions;
using AudienceSync.CodeRules.Sources;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace AudienceSync.CodeRules.Storage;

/// <summary>Finds SQL in the string literals of a file; what is concatenated or interpolated is read as one text.</summary>
internal static class SqlText
{
    private static readonly Regex Statement = new(
        @"\bselect\s.*\sfrom\s|\binsert\s+into\s|\bupdate\s+\S+\s(.*\s)?set\s.*=|\bdelete\s+from\s",
        RegexOptions.IgnoreCase | RegexOptions.Singleline | RegexOptions.ExplicitCapture,
        TimeSpan.FromSeconds(5)
    );

    public static IEnumerable<string> In(SourceFile file) =>
        file
            .Syntax.DescendantNodes()
            .OfType<ExpressionSyntax>()
            .Where(IsWholeText)
            .Where(e => Statement.IsMatch(TextOf(e)))
            .Select(file.At);

    private static bool IsWholeText(ExpressionSyntax expression) =>
        IsText(expression) && !expression.Ancestors().OfType<ExpressionSyntax>().Any(IsText);

    private static bool IsText(ExpressionSyntax expression) =>
        expression.IsKind(SyntaxKind.StringLiteralExpression)
        || expression.IsKind(SyntaxKind.Utf8StringLiteralExpression)
        || expression.IsKind(SyntaxKind.InterpolatedStringExpression)
        || expression.IsKind(SyntaxKind.AddExpression);

    private static string TextOf(ExpressionSyntax expression) => string.Concat(expression.DescendantTokens().Select(TextOf)) + " ";

    private static string TextOf(SyntaxToken token) =>
        token.Kind() switch
        {
            SyntaxKind.StringLiteralToken
            or SyntaxKind.SingleLineRawStringLiteralToken
            or SyntaxKind.MultiLineRawStringLiteralToken
            or SyntaxKind.Utf8StringLiteralToken
            or SyntaxKind.Utf8SingleLineRawStringLiteralToken
            or SyntaxKind.Utf8MultiLineRawStringLiteralToken
            or SyntaxKind.InterpolatedStringTextToken => token.ValueText,
            SyntaxKind.IdentifierToken => "x",
            _ => "",
        };
}

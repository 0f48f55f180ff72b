using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace AudienceSync.CodeRules.Sources;

/// <summary>A C# file of the repository, as text and as a syntax tree.</summary>
internal sealed class SourceFile
{
    private readonly Lazy<SyntaxNode> _syntax;

    public SourceFile(string path)
        : this(path, Repository.Read(path)) { }

    public SourceFile(string path, string text)
    {
        Path = path;
        Text = text;
        _syntax = new Lazy<SyntaxNode>(() => CSharpSyntaxTree.ParseText(Text, new CSharpParseOptions(LanguageVersion.Preview)).GetRoot());
    }

    public string Path { get; }

    public string Text { get; }

    public SyntaxNode Syntax => _syntax.Value;

    public int Lines => Text.AsSpan().TrimEnd('\n').Count('\n') + 1;

    public string At(SyntaxNode node) => $"{Path}:{node.GetLocation().GetLineSpan().StartLinePosition.Line + 1}";
}

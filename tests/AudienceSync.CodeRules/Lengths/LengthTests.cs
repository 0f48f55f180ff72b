using AudienceSync.CodeRules.Sources;

namespace AudienceSync.CodeRules.Lengths;

/// <summary>A ratchet: a number here may be lowered, and raised only with a reason next to it.</summary>
public sealed class LengthTests
{
    private const int FileLines = 400;
    private const int MedianFileLines = 120;
    private const int MethodLines = 60;

    [Fact]
    public void No_file_is_longer_than_the_hard_limit() =>
        Repository.CSharp.Where(f => f.Lines > FileLines).Select(f => $"{f.Path}: {f.Lines} lines").ShouldBeEmpty();

    [Fact]
    public void The_median_file_of_src_is_short()
    {
        var lengths = Repository.CSharp.Where(f => Repository.IsIn(f.Path, "src")).Select(f => f.Lines).Order().ToList();
        lengths[lengths.Count / 2].ShouldBeLessThanOrEqualTo(MedianFileLines);
    }

    [Fact]
    public void No_method_is_longer_than_the_hard_limit() =>
        Repository
            .CSharp.SelectMany(Methods.Of)
            .Where(m => m.Lines > MethodLines)
            .Select(m => $"{m.Name}: {m.Lines} lines")
            .ShouldBeEmpty();

    [Fact]
    public void A_method_of_sixty_one_lines_is_found_wherever_it_stands()
    {
        var body = string.Concat(Enumerable.Repeat("        _ = 1;\n", MethodLines - 2));
        var file = new SourceFile(
            "x.cs",
            "class X\n{\n    void Long()\n    {\n" + body + "    }\n    X()\n    {\n" + body + "    }\n    void Short() { }\n}\n"
        );
        Methods.Of(file).Select(m => m.Lines).ShouldBe([MethodLines + 1, MethodLines + 1, 1]);
        Methods
            .Of(new SourceFile("Program.cs", "using System;\n\n" + string.Concat(Enumerable.Repeat("f();\n", 70))))
            .ShouldHaveSingleItem()
            .Lines.ShouldBe(70);
    }
}

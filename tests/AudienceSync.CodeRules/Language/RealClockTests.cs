using AudienceSync.CodeRules.Sources;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace AudienceSync.CodeRules.Language;

/// <summary>
/// A fixed day and the machine's clock in one test agree only on some days. Hosts of tests therefore have a clock that the test sets, or
/// one far ahead (<c>SuiteClock</c>); none of them uses the machine's clock.
/// </summary>
public sealed class RealClockTests
{
    [Fact]
    public void No_host_of_a_test_runs_on_the_machines_clock() =>
        Repository.CSharp.Where(file => Repository.IsIn(file.Path, "tests/AudienceSync.Host.Tests")).SelectMany(RealClocks).ShouldBeEmpty();

    [Theory]
    [InlineData("var o = new TestHostOptions { Clock = TimeProvider.System };", true)]
    [InlineData("var o = options with { Clock = TimeProvider.System };", true)]
    [InlineData("public TimeProvider Clock { get; init; } = TimeProvider.System;", true)]
    [InlineData("var o = new TestHostOptions { Clock = new OffsetClock(Sample.Now) };", false)]
    public void The_machines_clock_is_the_one_of_the_system(string code, bool found) =>
        RealClocks(new SourceFile("x.cs", code)).Any().ShouldBe(found);

    private static IEnumerable<string> RealClocks(SourceFile file) =>
        file
            .Syntax.DescendantNodes()
            .Where(node =>
                node switch
                {
                    AssignmentExpressionSyntax set => set.Left.ToString() == "Clock" && IsSystem(set.Right),
                    PropertyDeclarationSyntax { Initializer: { } given } property => property.Identifier.Text == "Clock"
                        && IsSystem(given.Value),
                    _ => false,
                }
            )
            .Select(file.At);

    private static bool IsSystem(ExpressionSyntax given) => given.ToString() == "TimeProvider.System";
}

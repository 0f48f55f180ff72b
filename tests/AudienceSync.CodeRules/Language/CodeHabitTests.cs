using AudienceSync.CodeRules.Sources;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace AudienceSync.CodeRules.Language;

public sealed class CodeHabitTests
{
    [Fact]
    public void No_error_is_caught_and_dropped() => Repository.CSharp.SelectMany(DroppedErrors).ShouldBeEmpty();

    [Fact]
    public void No_test_sleeps() => Repository.CSharp.Where(IsTest).SelectMany(Sleeps).ShouldBeEmpty();

    [Theory]
    [InlineData("try { f(); } catch { }", true)]
    [InlineData("try { f(); } catch (Exception) { /* why not */ }", true)]
    [InlineData("try { f(); } catch (IOException) { }", true)]
    [InlineData("try { f(); } catch (IOException) { /* The file is gone, which is what was wanted. */ }", false)]
    [InlineData("try { f(); } catch (Exception e) { g(e); }", false)]
    public void A_dropped_error_is_one_without_statement_or_of_every_kind_or_without_a_reason(string code, bool found) =>
        DroppedErrors(new SourceFile("x.cs", code)).Any().ShouldBe(found);

    [Theory]
    [InlineData("Thread.Sleep(5);", true)]
    [InlineData("System.Threading.Thread.Sleep(5);", true)]
    [InlineData("await Task.Delay(5, clock);", true)]
    [InlineData("await Task.Delay(Timeout.InfiniteTimeSpan, clock, cancel);", false)]
    [InlineData("/* Task.Delay(5) */ var a = \"Thread.Sleep(5)\";", false)]
    public void A_wait_until_canceled_is_not_a_sleep(string code, bool found) => Sleeps(new SourceFile("x.cs", code)).Any().ShouldBe(found);

    // An empty catch of one exception type with its reason written in the block is a decision.
    private static IEnumerable<string> DroppedErrors(SourceFile file) =>
        file
            .Syntax.DescendantNodes()
            .OfType<CatchClauseSyntax>()
            .Where(c => c.Block.Statements.Count == 0 && (IsOfEveryKind(c) || !c.Block.DescendantTrivia().Any(IsComment)))
            .Select(file.At);

    private static bool IsOfEveryKind(CatchClauseSyntax clause) =>
        clause.Declaration?.Type.ToString() is null or "Exception" or "System.Exception";

    private static bool IsComment(SyntaxTrivia trivia) =>
        trivia.IsKind(SyntaxKind.SingleLineCommentTrivia) || trivia.IsKind(SyntaxKind.MultiLineCommentTrivia);

    private static IEnumerable<string> Sleeps(SourceFile file) =>
        file.Syntax.DescendantNodes().OfType<InvocationExpressionSyntax>().Where(IsSleep).Select(file.At);

    private static bool IsSleep(InvocationExpressionSyntax call)
    {
        var called = "." + call.Expression;
        return called.EndsWith(".Thread.Sleep", StringComparison.Ordinal)
            || (
                called.EndsWith(".Task.Delay", StringComparison.Ordinal)
                && !call.ArgumentList.Arguments[0].ToString().StartsWith("Timeout.Infinite", StringComparison.Ordinal)
            );
    }

    // The load generator and the shop under tests/ are programs: they pace themselves by a TimeProvider.
    private static bool IsTest(SourceFile file) =>
        file.Path.Split('/') is ["tests", var project, ..]
        && (
            project.EndsWith(".Tests", StringComparison.Ordinal)
            || string.Equals(project, "AudienceSync.CodeRules", StringComparison.Ordinal)
        );
}

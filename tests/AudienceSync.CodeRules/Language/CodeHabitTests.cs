using AudienceSync.CodeRules.Sources;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace AudienceSync.CodeRules.Language;

public sealed class CodeHabitTests
{
    private static readonly string[] MayPassRealTime =
    [
        "AudienceSync.Host.Tests/Alerts/AlertProcessKillTests.cs", // A Host process runs for a moment before it is killed.
        "AudienceSync.Host.Tests/Attack/KillRun.cs", // A sender waits before it retries at a killed Host process.
        "AudienceSync.Host.Tests/Audiences/CutoverFlow.cs", // A journey sends at a rate.
        "AudienceSync.Host.Tests/Exposures/ExportProcessKillTests.cs", // An export process runs for a while before it is killed.
        "AudienceSync.Host.Tests/Feedback/FeedbackKillTests.cs", // A Host process runs for a while before it is killed.
        "AudienceSync.Host.Tests/Messages/OutboxTests.cs", // A Host process runs for a while before it is killed.
        "AudienceSync.Host.Tests/Nodes/NodesTests.cs", // How long a Host process stays frozen.
        "AudienceSync.Host.Tests/Requests/FuzzTests.cs", // Samples the memory of a Host process.
        "AudienceSync.Host.Tests/Simulation/FrozenHostTests.cs", // How long a Host process stays frozen.
    ];

    [Fact]
    public void No_error_is_caught_and_dropped() => Repository.CSharp.SelectMany(DroppedErrors).ShouldBeEmpty();

    /// <summary>
    /// A test waits for a signal, a virtual clock, or a condition with a deadline (<c>tests/Waits</c>). Time that has to pass because
    /// another process runs meanwhile is <c>RealTime.PassAsync</c>, by the files that may.
    /// </summary>
    [Fact]
    public void No_test_sleeps() => Repository.CSharp.Where(IsTest).SelectMany(Sleeps).ShouldBeEmpty();

    [Fact]
    public void Real_time_passes_only_where_other_processes_need_it() =>
        Repository
            .CSharp.Where(file =>
                IsTest(file) && Calls(file).Any(call => call.Expression.ToString().EndsWith("RealTime.PassAsync", StringComparison.Ordinal))
            )
            .Select(file => file.Path["tests/".Length..])
            .ShouldBe(MayPassRealTime, ignoreOrder: true);

    [Fact]
    public void No_continuation_loses_a_failure() => Repository.CSharp.SelectMany(Continuations).ShouldBeEmpty();

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
    [InlineData("await Task.Delay(5);", true)]
    [InlineData("await Task.Delay(5, clock);", true)]
    [InlineData("using var poll = new PeriodicTimer(Every);", true)]
    [InlineData("using PeriodicTimer poll = new(Every);", true)]
    [InlineData("await RealTime.PassAsync(Every);", false)]
    [InlineData("clock.Advance(Every);", false)]
    [InlineData("await Task.Delay(Timeout.InfiniteTimeSpan, clock, cancel);", false)]
    [InlineData("/* Task.Delay(5) */ var a = \"Thread.Sleep(5)\";", false)]
    public void A_wait_until_canceled_is_not_a_sleep(string code, bool found) => Sleeps(new SourceFile("x.cs", code)).Any().ShouldBe(found);

    [Theory]
    [InlineData("work.ContinueWith(_ => { });", true)]
    [InlineData("_ = work?.ContinueWith(done => f(done), TaskScheduler.Default);", true)]
    [InlineData("await work.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);", false)]
    [InlineData("/* ContinueWith */ var a = nameof(Task.ContinueWith);", false)]
    public void A_continuation_is_a_call_of_ContinueWith(string code, bool found) =>
        Continuations(new SourceFile("x.cs", code)).Any().ShouldBe(found);

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
        Calls(file).Where(IsSleep).Concat<SyntaxNode>(file.Syntax.DescendantNodes().Where(IsPeriodicTimer)).Select(file.At);

    // An awaited method does the same, and its failure reaches the method that awaits it.
    private static IEnumerable<string> Continuations(SourceFile file) =>
        Calls(file)
            .Where(call =>
                call.Expression
                    is MemberAccessExpressionSyntax { Name.Identifier.Text: "ContinueWith" }
                        or MemberBindingExpressionSyntax { Name.Identifier.Text: "ContinueWith" }
            )
            .Select(file.At);

    private static IEnumerable<InvocationExpressionSyntax> Calls(SourceFile file) =>
        file.Syntax.DescendantNodes().OfType<InvocationExpressionSyntax>();

    private static bool IsPeriodicTimer(SyntaxNode node) => node is IdentifierNameSyntax { Identifier.Text: "PeriodicTimer" };

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

using System.Text.RegularExpressions;
using AudienceSync.CodeRules.Sources;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace AudienceSync.CodeRules.Language;

/// <summary>
/// No test waits without a time limit: a suite that hangs reports nothing. <c>tests/Waits</c> has the bounded waits; a loop may also count
/// its iterations. What no rule can detect (an awaited task that never ends) is stopped by <c>--blame-hang-timeout</c> in <c>./test</c>.
/// </summary>
public sealed partial class EndlessWaitTests
{
    private static readonly string[] Blocking =
    [
        "WaitForExit",
        "WaitForExitAsync",
        "ReadToEnd",
        "ReadToEndAsync",
        "ReadLine",
        "ReadLineAsync",
        "Wait",
        "WaitAsync",
        "WaitOne",
        "Join",
        "SignalAndWait",
    ];

    [Fact]
    public void No_test_waits_without_an_end() => Repository.CSharp.Where(IsTest).SelectMany(EndlessWaits).ShouldBeEmpty();

    [Theory]
    [InlineData("await process.WaitForExitAsync();", true)]
    [InlineData("process?.WaitForExit();", true)]
    [InlineData("await process.WaitForExitAsync(CancellationToken.None);", true)]
    [InlineData("await process.WaitForExitAsync(default);", true)]
    [InlineData("await process.WaitForExitAsync(timeout.Token);", false)]
    [InlineData("process.WaitForExit(5_000);", false)]
    [InlineData("await process.EndAsync();", false)]
    [InlineData("var all = await process.StandardError.ReadToEndAsync();", true)]
    [InlineData("await gate.WaitAsync();", true)]
    [InlineData("await gate.WaitAsync(cancellationToken);", false)]
    [InlineData("work.Wait();", true)]
    [InlineData("await reached.Task;", true)]
    [InlineData("await reached.Task.ConfigureAwait(false);", true)]
    [InlineData("await reached.Task.OrTimeoutAsync(\"it\");", false)]
    [InlineData("await child.Ended;", true)]
    [InlineData("while (!done) { await Task.Yield(); }", true)]
    [InlineData("while (!await IsDoneAsync()) { }", true)]
    [InlineData("do { await poll.WaitForNextTickAsync(); } while (!done);", true)]
    [InlineData("for (;;) { await f(); }", true)]
    [InlineData("while (!done) { }", true)]
    [InlineData("while (!done) ;", true)]
    [InlineData("while (!done) { Thread.Yield(); }", true)]
    [InlineData("while (true) { n++; }", true)]
    [InlineData("for (;;) { f(() => { return 1; }); }", true)]
    [InlineData("while (true) { if (f()) { break; } }", false)]
    [InlineData("while (true) { if (f()) return; }", false)]
    [InlineData("while (true) { yield return random.Next(); }", false)]
    [InlineData("while (true) { token.ThrowIfCancellationRequested(); f(); }", false)]
    [InlineData("while (!done) { deadline.Check(\"it\"); await Task.Yield(); }", false)]
    [InlineData("while (!await IsDoneAsync()) { (++rounds).ShouldBeLessThan(60); }", false)]
    [InlineData("while (await reader.ReadAsync()) { await f(); }", false)]
    [InlineData("for (var n = 0; n < 5; n++) { await f(); }", false)]
    [InlineData("while (left.TryDequeue(out var one)) { await f(one); }", false)]
    [InlineData("/* await reached.Task; */ var a = \"while (true) { await x; }\";", false)]
    public void An_endless_wait_is_one_without_time_or_count(string code, bool found) =>
        EndlessWaits(new SourceFile("x.cs", code)).Any().ShouldBe(found);

    private static IEnumerable<string> EndlessWaits(SourceFile file) =>
        file
            .Syntax.DescendantNodes()
            .Where(node =>
                node switch
                {
                    InvocationExpressionSyntax call => IsBlocking(call),
                    AwaitExpressionSyntax awaited => IsNakedTask(awaited.Expression),
                    WhileStatementSyntax or DoStatementSyntax or ForStatementSyntax { Condition: null } => IsEndlessLoop(node),
                    _ => false,
                }
            )
            .Select(file.At);

    private static bool IsBlocking(InvocationExpressionSyntax call)
    {
        var name = call.Expression switch
        {
            MemberAccessExpressionSyntax member => member.Name.Identifier.Text,
            MemberBindingExpressionSyntax member => member.Name.Identifier.Text,
            _ => null,
        };
        return Blocking.Contains(name)
            && call.ArgumentList.Arguments.All(argument => argument.ToString() is "default" or "CancellationToken.None");
    }

    // The task of a TaskCompletionSource, or the end of a process: something else has to complete it.
    private static bool IsNakedTask(ExpressionSyntax awaited) =>
        awaited switch
        {
            MemberAccessExpressionSyntax { Name.Identifier.Text: "Task" or "Ended" } => true,
            InvocationExpressionSyntax { Expression: MemberAccessExpressionSyntax { Name.Identifier.Text: "ConfigureAwait" } configured } =>
                IsNakedTask(configured.Expression),
            _ => false,
        };

    private static bool IsEndlessLoop(SyntaxNode loop)
    {
        var (condition, body) = loop switch
        {
            WhileStatementSyntax one => (one.Condition, one.Statement),
            DoStatementSyntax one => (one.Condition, one.Statement),
            ForStatementSyntax one => ((ExpressionSyntax?)null, one.Statement),
            _ => throw new ArgumentOutOfRangeException(nameof(loop)),
        };
        var waits =
            loop.DescendantNodes().OfType<AwaitExpressionSyntax>().Any()
            || body is EmptyStatementSyntax or BlockSyntax { Statements.Count: 0 }
            || body.DescendantNodes()
                .OfType<InvocationExpressionSyntax>()
                .Any(call => call.Expression.ToString() is "Thread.Yield" or "Thread.SpinWait");
        return (waits || (condition?.ToString() is null or "true" && !HasExit(body)))
            && !EndsByItself().IsMatch(condition?.ToString() ?? "")
            && !Bounds().IsMatch(string.Join(' ', loop.DescendantTokens().Select(token => token.Text)));
    }

    // A pure loop that leaves by itself, or hands out its values one by one, is no wait.
    private static bool HasExit(StatementSyntax body) =>
        body.DescendantNodes(node => node is not (AnonymousFunctionExpressionSyntax or LocalFunctionStatementSyntax))
            .Any(node =>
                node
                    is ReturnStatementSyntax
                        or BreakStatementSyntax
                        or ThrowStatementSyntax
                        or ThrowExpressionSyntax
                        or YieldStatementSyntax
            );

    // Rows, items and timestamps are finite.
    [GeneratedRegex(
        @"\.Read\w*\(|\.Try\w+\(|\.MoveNext\w*\(|GetUtcNow\(\) <|RemainingBytes|\.Count (>=|>|<)",
        RegexOptions.ExplicitCapture,
        matchTimeoutMilliseconds: 1_000
    )]
    private static partial Regex EndsByItself();

    [GeneratedRegex(
        @"(?i)deadline|timeout|ShouldBeLessThan|CancellationRequested",
        RegexOptions.ExplicitCapture,
        matchTimeoutMilliseconds: 1_000
    )]
    private static partial Regex Bounds();

    private static bool IsTest(SourceFile file) =>
        file.Path.Split('/') is ["tests", var project, ..]
        && (
            project.EndsWith(".Tests", StringComparison.Ordinal)
            || string.Equals(project, "AudienceSync.CodeRules", StringComparison.Ordinal)
        );
}

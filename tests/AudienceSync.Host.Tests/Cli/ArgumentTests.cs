using System.CommandLine;
using AudienceSync.Host.Serving;

namespace AudienceSync.Host.Tests.Cli;

/// <summary>Arguments in the wrong format end a verb with a message and an exit code, before it does anything. Nothing aborts.</summary>
public sealed class ArgumentTests
{
    private static readonly Dictionary<string, string> NoDatabase = new(StringComparer.Ordinal)
    {
        ["AUDIENCESYNC_POSTGRES"] = "Host=127.0.0.1;Port=1;Username=nobody;Database=nothing;Timeout=1",
        ["AUDIENCESYNC_CONFIG"] = "no such file.yaml",
    };

    private static readonly string[] Junk = ["NOT-A-UUID", "a b", "", "-1", "99999999999999999999", "1e400", "ü", "../x", "--"];

    public static TheoryData<string> Verbs =>
        [.. Leaves(CommandLine.Create(static _ => null), []).Select(verb => string.Join(' ', verb.Path))];

    [Theory]
    [InlineData("members", "history", "NOT-A-UUID")]
    [InlineData("members", "why", "NOT-A-UUID", "cart_v1")]
    [InlineData("members", "list", "cart_v1", "--limit", "many")]
    [InlineData("members", "list", "cart_v1", "--limit", "1001")]
    [InlineData("members", "list", "cart_v1", "--after", "nobody")]
    [InlineData("members", "list", "cart_v1", "--at", "yesterday")]
    [InlineData("quarantine", "release", "NOT-A-UUID")]
    [InlineData("quarantine", "show", "NOT-A-UUID")]
    [InlineData("people", "erasures", "--id", "NOT-A-UUID")]
    [InlineData("audiences", "register", "x", "--expected-volume", "many")]
    [InlineData("audiences", "publish", "x_v1", "--window-d", "long")]
    [InlineData("audiences", "counters", "x_v1", "--from", "yesterday")]
    [InlineData("sync", "approve", "NOT-A-NUMBER")]
    public async Task An_argument_in_the_wrong_format_is_refused_with_a_message(params string[] arguments)
    {
        var run = await CommandRun.RunAsync(NoDatabase, arguments);
        run.ExitCode.ShouldBe(1);
        run.Error.ShouldNotBeEmpty();
        run.Error.ShouldNotContain("   at ");
    }

    [Theory]
    [InlineData("audiences", "pause", "X", "--workspace", "a b")]
    [InlineData("members", "list", "cart_v1", "--workspace", "a b")]
    [InlineData("quarantine", "list", "--workspace", "A")]
    [InlineData("sync", "plan", "--workspace", "default\n")]
    public async Task A_workspace_that_cannot_exist_is_refused_before_the_database_is_queried(params string[] arguments)
    {
        var run = await CommandRun.RunAsync(NoDatabase, arguments);
        run.ExitCode.ShouldBe(1, run.Error);
        run.Error.ShouldContain("--workspace");
        run.Error.ShouldNotContain("   at ");
    }

    [Theory]
    [MemberData(nameof(Verbs))]
    public async Task No_verb_aborts_on_any_argument_value(string verb)
    {
        var root = CommandLine.Create(name => NoDatabase.GetValueOrDefault(name));
        var (path, command) = Leaves(root, []).Single(leaf => string.Join(' ', leaf.Path) == verb);
        foreach (var junk in Junk)
        {
            foreach (
                var option in command
                    .Options.Where(option => option.Name.StartsWith("--", StringComparison.Ordinal))
                    .Select(option => option.Name)
                    .Append(null)
            )
            {
                string[] arguments = [.. path, .. command.Arguments.Select(_ => junk), .. option is null ? [] : new[] { option, junk }];
                var parsed = Should.NotThrow(() => root.Parse(arguments), $"{verb} {option} '{junk}'");
                if (parsed.Errors.Count > 0)
                {
                    // With parse errors the verb does not run: the message and the exit code are its only effects.
                    (await parsed.InvokeAsync(new InvocationConfiguration { Output = TextWriter.Null, Error = TextWriter.Null })).ShouldBe(
                        1,
                        $"{verb} {option} '{junk}'"
                    );
                }
            }
        }
    }

    private static IEnumerable<(string[] Path, Command Verb)> Leaves(Command command, string[] path) =>
        command.Subcommands.Count == 0 ? [(path, command)] : command.Subcommands.SelectMany(inner => Leaves(inner, [.. path, inner.Name]));
}

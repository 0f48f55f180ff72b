using System.Text.RegularExpressions;
using AudienceSync.Host.Tests.Cli;
using AudienceSync.Host.Tests.Postgres;
using AudienceSync.Host.Tests.Workspaces;

namespace AudienceSync.Host.Tests.Experiments;

/// <summary>The examples of docs/exposures.md for experiments, with the verbs of the page.</summary>
public sealed partial class HoldoutPageTests
{
    private static readonly string Page = File.ReadAllText(Path.Combine(RepositoryRoot.Find(), "docs", "exposures.md"));

    [Fact]
    public async Task The_declaration_of_the_page_is_applied_shown_and_ended_by_the_verbs_of_the_page()
    {
        await using var workspace = await TestWorkspace.CreateAsync();
        using var folder = new TemporaryFolder();
        var file = Path.Combine(folder.Path, "experiments.yaml");
        await File.WriteAllTextAsync(
            file,
            Example().Matches(Page).Single(match => match.Groups["kind"].Value == "yaml").Groups["text"].Value
        );
        var environment = new Dictionary<string, string> { ["AUDIENCESYNC_POSTGRES"] = workspace.ConnectionString, ["USER"] = "ann" };
        var outputs = new List<string>();
        foreach (
            var line in Example()
                .Matches(Page)
                .Single(match => match.Groups["kind"].Value == "sh")
                .Groups["text"]
                .Value.Split('\n', StringSplitOptions.RemoveEmptyEntries)
        )
        {
            var words = Word()
                .Matches(line)
                .Select(word => word.Value.Trim('"').Replace("experiments.yaml", file, StringComparison.Ordinal));
            var run = await CommandRun.RunAsync(environment, [.. words.Skip(1)]);
            run.ExitCode.ShouldBe(0, line + "\n" + run.Error);
            outputs.Add(run.Output);
        }

        outputs[0].ShouldContain("hold out 10 % of high_intent_cart_7d for spring_holdout");
        outputs[1].ShouldContain("10 % held out");
        outputs[2].ShouldContain("end the experiment spring_holdout of high_intent_cart_7d");
        (await workspace.RowsAsync("select holdout_share, salt, ends_at <= now() from experiments")).ShouldBe(["1000 spring_holdout True"]);
    }

    [GeneratedRegex("```(?<kind>yaml|sh) holdout\n(?<text>.*?)```", RegexOptions.Singleline | RegexOptions.ExplicitCapture, 1_000)]
    private static partial Regex Example();

    [GeneratedRegex("\"[^\"]*\"|\\S+", RegexOptions.ExplicitCapture, 1_000)]
    private static partial Regex Word();
}

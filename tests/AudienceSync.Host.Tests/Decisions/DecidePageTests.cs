using System.Diagnostics;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using AudienceSync.Host.Tests.Ingest;
using AudienceSync.Host.Tests.Serving;
using AudienceSync.Host.Tests.Workspaces;

namespace AudienceSync.Host.Tests.Decisions;

/// <summary>The examples of docs/decide.md do what the page states, run as they are printed.</summary>
public sealed class DecidePageTests
{
    private static readonly string Page = File.ReadAllText(Path.Combine(RepositoryRoot.Find(), "docs", "decide.md"));

    private static readonly string[] Json = Blocks("json");

    [Fact]
    public async Task The_webhook_the_question_and_the_answer_are_those_of_the_page()
    {
        await using var host = await TestHost.StartAsync(new TestHostOptions { Clock = new SetClock(Sample.Now) });
        (await host.PostAsync(Json[0])).Status.ShouldBe(200);
        var answer = await host.DecideAsync(Json[1]);
        answer.Json.GetProperty("as_of_position").GetInt64().ShouldBeGreaterThan(0);
        Same(answer.Text, Json[2], "as_of_position");
    }

    [Fact]
    public async Task The_settings_of_the_page_give_the_fallback_and_the_response_of_the_page()
    {
        await using var host = await TestHost.StartAsync(
            new TestHostOptions
            {
                Clock = new SetClock(Sample.Now),
                Yaml = yaml =>
                    yaml.Replace("name: signed,", $"name: signed, {Blocks("yaml").ShouldHaveSingleItem()},", StringComparison.Ordinal),
            }
        );
        var accepted = await host.PostAsync(Json[0]);
        Same(accepted.Text, Json[4], "receipt_id");
        await using (await Outage.StartAsync(host.Database))
        {
            (await host.DecideAsync(Json[1])).Text.ShouldBe(Json[3]);
        }
    }

    [Fact]
    public async Task The_command_of_the_page_signs_and_asks()
    {
        await using var host = await TestHost.StartAsync(new TestHostOptions { RealPort = true });
        var start = new ProcessStartInfo("bash", ["-euo", "pipefail", "-c", Blocks("bash").ShouldHaveSingleItem()])
        {
            RedirectStandardOutput = true,
            UseShellExecute = false,
        };
        start.Environment["AUDIENCESYNC"] = host.Http.BaseAddress!.ToString().TrimEnd('/');
        start.Environment["TOKEN"] = TestHostFiles.SignedToken;
        start.Environment["SIGNING_KEY"] = TestHostFiles.SigningKey;
        using var timeout = new CancellationTokenSource(Deadline.Longest);
        using var process = Process.Start(start)!;
        var printed = await process.StandardOutput.ReadToEndAsync(timeout.Token);
        (await process.ExitCodeAsync()).ShouldBe(0);
        var answer = JsonNode.Parse(printed)!.AsObject();
        answer["known"]!.GetValue<bool>().ShouldBeFalse();
        answer["in_high_intent_cart_7d"]!.GetValue<bool>().ShouldBeFalse();
    }

    [Fact]
    public void The_fields_of_the_page_are_those_of_the_settings()
    {
        var table = Page[Page.IndexOf("## Answer", StringComparison.Ordinal)..Page.IndexOf("## Branch", StringComparison.Ordinal)];
        foreach (var name in Domain.Decisions.DecisionFieldNames.All.Except(["audiences", "topics"]))
        {
            table.ShouldContain($"`{name}`");
        }
    }

    private static void Same(string answer, string printed, string variable)
    {
        var (one, other) = (JsonNode.Parse(answer)!.AsObject(), JsonNode.Parse(printed)!.AsObject());
        one[variable] = other[variable]!.DeepClone();
        one.ToJsonString().ShouldBe(other.ToJsonString());
    }

    private static string[] Blocks(string language) =>
        [
            .. Regex
                .Matches(
                    Page,
                    $"^```{language}\n(?<text>.*?)\n```$",
                    RegexOptions.Multiline | RegexOptions.Singleline,
                    TimeSpan.FromSeconds(1)
                )
                .Select(block => block.Groups["text"].Value),
        ];
}

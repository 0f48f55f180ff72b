using System.Text.Json;
using AudienceSync.Host.Configuration;
using AudienceSync.Host.Tests.Cli;
using AudienceSync.Host.Tests.Postgres;
using AudienceSync.Host.Tests.Serving;

namespace AudienceSync.Host.Tests.Feedback;

/// <summary>Feedback as a verb, in the metrics, in the check, and in the configuration of its page.</summary>
public sealed class FeedbackSurfaceTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task The_verb_lists_sources_with_their_lag_and_the_pages_that_were_sent()
    {
        await using var stage = await FeedbackStage.StartAsync(realPort: true);
        await stage.AddAsync("ann");
        await stage.QuietAsync();

        var text = await RunAsync(stage.Host, "feedback", "list");
        text.ExitCode.ShouldBe(0, text.Error);
        text.Output.ShouldContain("deliveries/meta_main");
        text.Output.ShouldContain("following");
        text.Output.ShouldNotContain("ann");
        var json = JsonDocument.Parse((await RunAsync(stage.Host, "feedback", "list", "--json", "--limit", "1")).Output).RootElement;
        json.GetProperty("sends").GetArrayLength().ShouldBe(1);
        json.GetProperty("sends")[0].GetProperty("accepted").GetInt32().ShouldBe(1);

        var metrics = await stage.Host.Operator.GetStringAsync("/metrics");
        metrics.ShouldContain("audiencesync_feedback_items_total{");
    }

    [Fact]
    public async Task The_check_finds_a_wrong_region_and_wrong_credentials()
    {
        await using var platform = await TestPlatform.StartAsync([TestHost.Remote(0)], TimeProvider.System);
        await FeedbackStage.CreateSiteAsync(platform.Admin);

        (await CheckAsync(platform, FeedbackStage.Key, "us")).Output.ShouldContain("region");
        var region = await CheckAsync(platform, FeedbackStage.Key, "eu");
        region.ExitCode.ShouldNotBe(0);
        region.Output.ShouldContain("cio_wrong_region");
        var key = await CheckAsync(platform, "anotherkey", "us");
        key.ExitCode.ShouldNotBe(0);
        key.Output.ShouldContain("cio_401");
        key.Output.ShouldNotContain("anotherkey");
    }

    [Fact]
    public void The_configuration_of_the_page_can_be_read()
    {
        var page = File.ReadAllText(Path.Combine(RepositoryRoot.Find(), "docs", "feedback.md"));
        var yaml = page.Split("```yaml\n")[1].Split("```")[0];
        File.WriteAllText(_folder.Below("audiencesync.yaml"), yaml);

        var feedback = new ConfigLoader(_folder.Below("audiencesync.yaml"), _ => null)
            .Load()
            .Workspaces["default"]
            .Sources.Single()
            .Feedback!;

        feedback.Service.ShouldBe("customerio");
        feedback.Settings.Keys.ShouldBe(
            ["region", "site_id", "api_key", "events", "attributes", "step_metrics", "requests_per_second"],
            ignoreOrder: true
        );
    }

    private async Task<CommandRun> CheckAsync(TestPlatform platform, string key, string region)
    {
        await File.WriteAllTextAsync(_folder.Below("cio-site-id"), FeedbackStage.Site);
        await File.WriteAllTextAsync(_folder.Below("cio-api-key"), key);
        await File.WriteAllTextAsync(
            _folder.Below("audiencesync.yaml"),
            $$"""
            operator_token: { file: cio-api-key }
            workspaces:
              default:
                sources:
                  - name: shop
                    token: { file: cio-api-key }
                    feedback: { service: customerio, region: {{region}}, site_id: { file: cio-site-id }, api_key: { file: cio-api-key }, base_url: "http://127.0.0.1:5480/customerio" }
            """
        );
        using var network = platform.NewNetwork();
        return await CommandRun.RunAsync(
            new Dictionary<string, string>(StringComparer.Ordinal) { ["AUDIENCESYNC_CONFIG"] = _folder.Below("audiencesync.yaml") },
            network,
            "destinations",
            "check",
            "shop"
        );
    }

    private static Task<CommandRun> RunAsync(TestHost host, params string[] args) =>
        CommandRun.RunAsync(
            new Dictionary<string, string>(StringComparer.Ordinal)
            {
                ["AUDIENCESYNC_CONFIG"] = host.ConfigPath,
                ["AUDIENCESYNC_URLS"] = host.Http.BaseAddress!.ToString(),
            },
            args
        );
}

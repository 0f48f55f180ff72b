using System.Net.Http.Json;
using System.Text.Json;
using AudienceSync.Host.Tests.Ingest;
using AudienceSync.Host.Tests.Postgres;
using AudienceSync.Host.Tests.Serving;
using AudienceSync.Host.Tests.Simulation;
using AudienceSync.Sandbox;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Xunit.Abstractions;

namespace AudienceSync.Host.Tests.Feedback;

/// <summary>A Host that is killed while it sends feedback sends the rest, and what it repeats has the same ids.</summary>
public sealed class FeedbackKillTests(ITestOutputHelper output) : IDisposable
{
    private const int Seed = 20261130;
    private const int Kills = 3;
    private const int PeopleAtOnce = 60;

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_host_killed_three_times_between_send_and_record_repeats_the_same_ids_and_loses_nothing()
    {
        await using var sandbox = await StartSandboxAsync();
        var url = sandbox.Urls.Single();
        using var admin = new HttpClient { BaseAddress = new Uri(url) };
        await FeedbackStage.CreateSiteAsync(admin);

        // Applied, and the answer is lost: until it is sent again, this is a kill between send and record.
        (
            await admin.PostAsJsonAsync(
                "/admin/faults",
                new
                {
                    platform = "customerio",
                    operation = "feedback",
                    kind = "drop_after",
                    probability = 0.4,
                    seed = Seed,
                }
            )
        ).IsSuccessStatusCode.ShouldBeTrue();
        var database = await PostgresCluster.CreateDatabaseAsync();
        var config = TestHostFiles.Write(
            _folder,
            new TestHostOptions
            {
                // Without a window: this Host has the clock of the machine.
                Audiences = [new("high_intent_cart_7d", null), new("winback_45d", null), new("post_purchase_14d", null)],
                Secrets = FeedbackStage.Secrets,
                Yaml = yaml =>
                    FeedbackStage
                        .WithFeedback(yaml, ", attributes: false", url)
                        .Replace("http://127.0.0.1:5480", url, StringComparison.Ordinal),
            }
        );
        var random = new Random(Seed);
        var sent = 0;
        for (var kill = 0; kill < Kills; kill++)
        {
            await using var host = await HostProcess.StartAsync(config, _folder.Path, database);
            await UntilAsync(host, view => Streams(view).Any(), "the cursors");
            sent = await AddAsync(host, sent);
            await UntilAsync(host, view => view.GetProperty("sends").GetArrayLength() > kill, "a page");
            await RealTime.PassAsync(TimeSpan.FromMilliseconds(random.Next(0, 1_000)));
            await host.KillAsync();
        }

        await using var last = await HostProcess.StartAsync(config, _folder.Path, database);
        await UntilAsync(last, view => IsQuiet(view) && Reported(admin, sent), "everything at the service");
        var events = (await admin.GetFromJsonAsync<JsonElement>($"/admin/customerio/{FeedbackStage.Site}/people"))
            .EnumerateArray()
            .Select(person => person.GetProperty("events").EnumerateArray().ToList())
            .ToList();
        events.Count.ShouldBe(sent);
        events.ShouldAllBe(all => all.Count == 1, $"seed {Seed}: one fact is one event");
        var repeated = events.Count(all => all[0].GetProperty("deliveries").GetInt32() > 1);
        repeated.ShouldBeGreaterThan(0, "otherwise nothing was repeated");
        output.WriteLine($"seed {Seed}: {Kills} kills, {sent} facts, {repeated} of them sent more than once, each one event");
    }

    private static bool Reported(HttpClient admin, int people)
    {
        using var response = admin.Send(new HttpRequestMessage(HttpMethod.Get, $"/admin/customerio/{FeedbackStage.Site}"));
        using var summary = JsonDocument.Parse(response.Content.ReadAsStream());
        return summary.RootElement.GetProperty("people").GetInt32() == people;
    }

    private static async Task<int> AddAsync(HostProcess host, int first)
    {
        var people = Enumerable.Range(first, PeopleAtOnce).Select(i => Sample.Of(FeedbackStage.Person($"person-{i}")).ToJsonString());
        using var request = Webhook.Signed($"[{string.Join(',', people)}]");
        using var answer = await host.Http.SendAsync(request);
        answer.IsSuccessStatusCode.ShouldBeTrue(await answer.Content.ReadAsStringAsync());
        return first + PeopleAtOnce;
    }

    private static IEnumerable<JsonElement> Streams(JsonElement view) =>
        view.GetProperty("sources").EnumerateArray().SelectMany(source => source.GetProperty("streams").EnumerateArray());

    private static bool IsQuiet(JsonElement view) =>
        Streams(view).All(stream => stream.GetProperty("lag").GetInt64() == 0)
        && view.GetProperty("sources").EnumerateArray().All(source => source.GetProperty("open_pages").GetInt64() == 0);

    private static async Task UntilAsync(HostProcess host, Func<JsonElement, bool> holds, string what)
    {
        JsonElement view = default;
        await Deadline.UntilAsync(
            async () => holds(view = await host.Operator.GetFromJsonAsync<JsonElement>("/v1/feedback")),
            () => $"{what}: {view}\n{host.Log}"
        );
    }

    private static async Task<WebApplication> StartSandboxAsync()
    {
        var options = new SandboxOptions
        {
            Accounts =
            [
                new AccountSettings
                {
                    Account = TestPlatform.Account,
                    Token = TestPlatform.Token,
                    Audiences = [.. Enumerable.Range(0, 3).Select(TestHost.Remote)],
                },
            ],
        };
        var app = SandboxApp.Create(options, TimeProvider.System, builder => builder.WebHost.UseUrls("http://127.0.0.1:0"));
        await app.StartAsync();
        return app;
    }
}

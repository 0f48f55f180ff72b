using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Nodes;
using AudienceSync.Host.Tests.Ingest;
using AudienceSync.Host.Tests.Outcomes;
using AudienceSync.Host.Tests.Serving;

namespace AudienceSync.Host.Tests.Feedback;

/// <summary>
/// A Host whose source <c>signed</c> gets feedback, with the imitated platform and the imitated Customer.io. The service has the people
/// whom
/// the test creates there, or who are created by an event.
/// </summary>
internal sealed class FeedbackStage : IAsyncDisposable
{
    public const string Site = "siteofthetests";
    public const string Key = "keyofthetests0";

    /// <summary>Longer than any wait of a page that is not accepted.</summary>
    private static readonly TimeSpan Wait = TimeSpan.FromMinutes(11);

    private FeedbackStage(TestHost host, OffsetClock clock) => (Host, Clock) = (host, clock);

    public TestHost Host { get; }

    public OffsetClock Clock { get; }

    /// <summary>The configuration with feedback for a source.</summary>
    public static string WithFeedback(string yaml, string settings, string baseUrl = "http://127.0.0.1:5480") =>
        yaml.Replace(
            "{ name: signed,",
            "{ name: signed, feedback: { service: customerio, region: us, site_id: { file: cio-site-id }, api_key: { file: cio-api-key }, "
                + $"base_url: \"{baseUrl}/customerio\"{settings} }},",
            StringComparison.Ordinal
        );

    public static IReadOnlyDictionary<string, string> Secrets { get; } =
        new Dictionary<string, string>(StringComparer.Ordinal) { ["cio-site-id"] = Site, ["cio-api-key"] = Key };

    /// <param name="settings">More settings of the feedback, each after a comma.</param>
    /// <param name="realPort">Whether the Host listens on a port.</param>
    /// <param name="reports">Whether another source reports the outcomes of messages.</param>
    public static async Task<FeedbackStage> StartAsync(string settings = "", bool realPort = false, bool reports = false)
    {
        var reporting = reports ? ReportingStage.Options(new TestHostOptions()) : new TestHostOptions();
        var clock = new OffsetClock(Sample.Now);
        var host = await TestHost.StartAsync(
            new TestHostOptions
            {
                Clock = clock,
                RealPort = realPort,
                Secrets = Secrets
                    .Concat(reporting.Secrets)
                    .ToDictionary(secret => secret.Key, secret => secret.Value, StringComparer.Ordinal),
                Yaml = yaml => WithFeedback(reporting.Yaml(yaml), settings),
            }
        );
        var stage = new FeedbackStage(host, clock);
        await CreateSiteAsync(host.Sandbox.Admin);
        await stage.BegunAsync();
        return stage;
    }

    public static async Task CreateSiteAsync(HttpClient admin)
    {
        using var created = await admin.PostAsJsonAsync(
            "/admin/accounts",
            new
            {
                platform = "customerio",
                account = Site,
                token = Key,
            }
        );
        created.IsSuccessStatusCode.ShouldBeTrue(await created.Content.ReadAsStringAsync());
    }

    public static JsonObject Person(string id) => new() { ["customer_id"] = id, ["email"] = $"{id}@example.com" };

    public async Task AddAsync(string id, string? deliveryId = null)
    {
        var request = Webhook.Signed(Sample.Of(Person(id)).ToJsonString(), Clock.GetUtcNow());
        if (deliveryId is not null)
        {
            request.Headers.TryAddWithoutValidation("x-cio-delivery-id", deliveryId);
        }

        (await Host.SendAsync(request)).Status.ShouldBe(200);
    }

    public async Task RemoveAsync(string id)
    {
        var removal = Sample.Of(Person(id));
        removal["event"] = "audience_remove";
        removal["occurred_at"] = "2026-11-21T09:25:00Z";
        (await Host.PostAsync(removal.ToJsonString())).Status.ShouldBe(200);
    }

    /// <summary>A fault of the service, as docs/sandbox.md describes them.</summary>
    public Task FaultAsync(string kind, int? count = null, int? delay_ms = null, string operation = "feedback") =>
        Host.Sandbox.FaultAsync(
            new
            {
                platform = "customerio",
                operation,
                kind,
                count,
                delay_ms,
            }
        );

    public async Task ClearFaultsAsync() =>
        (await Host.Sandbox.Admin.DeleteAsync("/admin/faults")).StatusCode.ShouldBeOneOf(HttpStatusCode.OK, HttpStatusCode.NoContent);

    public Task<JsonElement> FeedbackAsync() => Host.GetAsync("/v1/feedback");

    /// <summary>Waits until everything that happened was accepted, and moves the clock past waits.</summary>
    public async Task QuietAsync(bool waits = false)
    {
        await Host.WaitUntilQuietAsync();
        var (view, tries) = (default(JsonElement), 0);
        await Deadline.UntilAsync(
            async () =>
            {
                view = await FeedbackAsync();
                if (IsQuiet(view))
                {
                    return true;
                }

                // Once for each attempt that was not accepted: a day must not pass meanwhile.
                var tried = view.GetProperty("sends").EnumerateArray().Sum(send => send.GetProperty("attempts").GetInt32());
                if (waits && tried > tries)
                {
                    tries = tried;
                    Clock.Advance(Wait);
                }

                return false;
            },
            () => $"{view}\n{string.Join('\n', Host.LogLines.Where(line => line.Contains("Feedback")).TakeLast(40))}"
        );
    }

    /// <summary>The names of the person's events at the service; null when the service does not know the person.</summary>
    public async Task<List<string>?> EventsAsync(string id) =>
        await PersonAsync(id) is { } person
            ? [.. person.GetProperty("events").EnumerateArray().Select(one => one.GetProperty("name").GetString()!)]
            : null;

    /// <summary>The person at the service; null when it does not know them.</summary>
    public async Task<JsonElement?> PersonAsync(string id)
    {
        using var response = await Host.Sandbox.Admin.GetAsync($"/admin/customerio/{Site}/people/{id}");
        return response.StatusCode == HttpStatusCode.NotFound ? null : await response.Content.ReadFromJsonAsync<JsonElement>();
    }

    public async Task<JsonElement> AdminAsync(string path) => await Host.Sandbox.Admin.GetFromJsonAsync<JsonElement>(path);

    public ValueTask DisposeAsync() => Host.DisposeAsync();

    private static bool IsQuiet(JsonElement view) =>
        view.GetProperty("sources")
            .EnumerateArray()
            .All(source =>
                source.GetProperty("open_pages").GetInt64() == 0
                && source.GetProperty("streams").EnumerateArray().All(stream => stream.GetProperty("lag").GetInt64() == 0)
            );

    // From its first round on everything is reported.
    private Task BegunAsync() =>
        Deadline.UntilAsync(
            async () =>
                (await FeedbackAsync())
                    .GetProperty("sources")
                    .EnumerateArray()
                    .All(source => source.GetProperty("streams").GetArrayLength() > 0),
            () => "the cursors"
        );
}

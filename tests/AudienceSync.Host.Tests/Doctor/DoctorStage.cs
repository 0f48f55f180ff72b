using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using AudienceSync.Host.Maintenance;
using AudienceSync.Host.Tests.Ingest;
using AudienceSync.Host.Tests.Serving;

namespace AudienceSync.Host.Tests.Doctor;

/// <summary>A Host whose clock moves by days, with events for many people at once.</summary>
internal sealed class DoctorStage : IAsyncDisposable
{
    private DoctorStage(TestHost host, OffsetClock clock) => (Host, Clock) = (host, clock);

    public TestHost Host { get; }

    public OffsetClock Clock { get; }

    public static async Task<DoctorStage> StartAsync(TestHostOptions options, DateTimeOffset at)
    {
        var clock = new OffsetClock(at);
        var host = await TestHost.StartAsync(options with { Clock = clock, AlertPoll = TimeSpan.FromMilliseconds(100) });
        var stage = new DoctorStage(host, clock);
        await stage.CountedAsync(); // What was in the log before the first look is not counted.
        return stage;
    }

    /// <summary>The hourly tasks run, as they do in a Host that lives for so long.</summary>
    public async Task PassAsync(TimeSpan time)
    {
        await DeliveredAsync();
        await CountedAsync();
        Clock.Advance(time);
        await Host.Server.Workspaces["default"].Get<MaintenanceTasks>().KeepPartitionsAsync(CancellationToken.None);
    }

    /// <summary>Adds people, each with a customer id of their own.</summary>
    public Task AddAsync(string key, IEnumerable<string> people, Action<JsonObject>? change = null, string? token = null) =>
        SendAsync("audience_add", key, people, change, token);

    public Task RemoveAsync(string key, IEnumerable<string> people) => SendAsync("audience_remove", key, people);

    /// <summary>Consent to everything.</summary>
    public static void Consenting(JsonObject sample) =>
        sample["consent"] = new JsonObject { ["ad_user_data"] = "granted", ["ad_personalization"] = "granted" };

    public static IEnumerable<string> People(string prefix, int count) =>
        Enumerable.Range(0, count).Select(number => string.Create(CultureInfo.InvariantCulture, $"{prefix}{number}"));

    /// <summary>A report of a delivered email for each of these people.</summary>
    public async Task ReportAsync(IEnumerable<string> people)
    {
        foreach (var person in people)
        {
            var body = Outcomes.ReportingStage.Report(
                "email",
                "delivered",
                Sample.NewId(),
                Clock.GetUtcNow(),
                Outcomes.ReportingStage.Person(person)
            );
            (await Host.SendAsync(Outcomes.ReportingStage.Request(System.Text.Encoding.UTF8.GetBytes(body)))).Status.ShouldBe(200);
        }
    }

    public Task<JsonElement> DoctorAsync() => Host.GetAsync("/v1/doctor");

    /// <summary>The findings as code and subject.</summary>
    public static List<string> Found(JsonElement view) =>
        [
            .. view.GetProperty("findings")
                .EnumerateArray()
                .Select(finding => $"{finding.GetProperty("code").GetString()} {finding.GetProperty("subject").GetString()}"),
        ];

    public ValueTask DisposeAsync() => Host.DisposeAsync();

    private async Task SendAsync(
        string kind,
        string key,
        IEnumerable<string> people,
        Action<JsonObject>? change = null,
        string? token = null
    )
    {
        foreach (var part in people.Chunk(100))
        {
            var body = Sample.Array(part.Select(person => (JsonNode)EventOf(kind, key, person, change)));
            var answer = await Host.SendAsync(token is null ? Webhook.Signed(body, Clock.GetUtcNow()) : Webhook.Request(body, token));
            answer.Status.ShouldBeOneOf(200, 202, 207);
        }
    }

    private JsonObject EventOf(string kind, string key, string person, Action<JsonObject>? change)
    {
        var sample = Sample.Of(new JsonObject { ["customer_id"] = person, ["email"] = person + "@example.com" });
        sample["event"] = kind;
        sample["audience_key"] = key;
        sample["occurred_at"] = Clock.GetUtcNow().ToString("o", CultureInfo.InvariantCulture);
        change?.Invoke(sample);
        return sample;
    }

    // Quiet, except for what is stopped.
    private async Task DeliveredAsync()
    {
        JsonElement status = default;
        await Deadline.UntilAsync(
            async () =>
            {
                status = await Host.GetAsync("/v1/status");
                return status.GetProperty("projector").GetProperty("lag_events").GetInt64() == 0
                    && status.GetProperty("bindings").EnumerateArray().All(IsDelivered);
            },
            () => $"everything is delivered: {status}"
        );
    }

    private static bool IsDelivered(JsonElement binding) =>
        binding.GetProperty("state").GetString() == "stopped"
        || (
            binding.GetProperty("pending_adds").GetInt64() == 0
            && binding.GetProperty("pending_removals").GetInt64() == 0
            && binding.GetProperty("in_doubt").GetInt64() == 0
        );

    // The flows of sources are counted behind the log.
    private Task CountedAsync() =>
        Deadline.UntilAsync(
            async () =>
                await Host.ScalarAsync<bool>(
                    """
                    select coalesce((select position from alert_cursors where name = 'flows'), -1)
                      >= coalesce((select max(seq_id) from mt_events), 0)
                    """
                ),
            () => "the flows of sources are counted"
        );
}

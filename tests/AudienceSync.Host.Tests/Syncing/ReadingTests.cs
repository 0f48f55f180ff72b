using System.Net.Http.Json;
using System.Text.Json;
using AudienceSync.Host.Tests.Doctor;
using AudienceSync.Host.Tests.Serving;

namespace AudienceSync.Host.Tests.Syncing;

/// <summary>What platforms report of remote audiences, once an hour.</summary>
public sealed class ReadingTests
{
    private const string Key = "carts_v1";

    private static readonly DateTimeOffset Start = new(2026, 11, 5, 9, 30, 0, TimeSpan.Zero);

    [Fact]
    public async Task A_reading_is_a_row_an_hour_with_size_state_and_last_update_and_is_counted_in_the_budget()
    {
        await using var stage = await StartAsync();
        await stage.AddAsync(Key, DoctorStage.People("member", 150));
        await stage.PassAsync(TimeSpan.FromMinutes(59));
        (await ReadingAsync(stage)).ValueKind.ShouldBe(JsonValueKind.Null);

        stage.Clock.Advance(TimeSpan.FromMinutes(2));
        var reading = await UntilReadingsAsync(stage, 1);
        reading.GetProperty("state").GetString().ShouldBe("ready");
        reading.GetProperty("code").GetString().ShouldBe("meta_status_200");
        reading.GetProperty("eligible").GetBoolean().ShouldBeTrue();
        (reading.GetProperty("at_least").GetInt64(), reading.GetProperty("at_most").GetInt64()).ShouldBe((100, 200));
        reading.GetProperty("delivered").GetInt64().ShouldBe(150);
        reading.GetProperty("updated_at").GetDateTimeOffset().ShouldBeInRange(Start.AddMinutes(-1), Start.AddMinutes(30));
        (await UsedLastAsync(stage)).ShouldBe(1, "it is counted as a call");

        stage.Clock.Advance(TimeSpan.FromMinutes(61));
        (await UntilReadingsAsync(stage, 2)).GetProperty("read_at").GetDateTimeOffset().ShouldBeGreaterThan(Start.AddMinutes(120));
    }

    [Fact]
    public async Task A_size_far_below_what_was_acknowledged_for_two_days_is_an_alert()
    {
        await using var stage = await StartAsync();
        await stage.Host.Sandbox.FaultAsync(
            new
            {
                platform = "meta",
                operation = "add",
                kind = "silent_drop",
            }
        );
        await stage.AddAsync(Key, DoctorStage.People("lost", 1_050));
        await stage.Host.WaitUntilQuietAsync();
        var readings = 0;
        for (var time = TimeSpan.Zero; time < TimeSpan.FromHours(47); time += TimeSpan.FromMinutes(90))
        {
            stage.Clock.Advance(TimeSpan.FromMinutes(90));
            await UntilReadingsAsync(stage, ++readings);
            (await RulesAsync(stage)).ShouldNotContain("reading_below_delivered");
        }

        await Deadline.UntilAsync(
            async () =>
            {
                stage.Clock.Advance(TimeSpan.FromMinutes(20));
                return (await RulesAsync(stage)).Contains("reading_below_delivered firing");
            },
            () => "the alert fires"
        );
        var status = await ReadingAsync(stage);
        (status.GetProperty("at_most").GetInt64(), status.GetProperty("delivered").GetInt64()).ShouldBe((0, 1_050));
    }

    [Fact]
    public async Task Removals_are_sent_before_a_reading_that_is_due_and_what_is_paused_is_not_read()
    {
        await using var stage = await StartAsync();
        await stage.AddAsync(Key, DoctorStage.People("member", 5));
        await stage.Host.WaitUntilQuietAsync();
        await PostAsync(stage, "/v1/destinations/meta_main/pause");
        stage.Clock.Advance(TimeSpan.FromHours(2));
        await stage.RemoveAsync(Key, ["member1", "member2"]);
        await Deadline.UntilAsync(
            async () => (await stage.Host.GetAsync("/v1/status")).GetProperty("log").GetProperty("head").GetInt64() > 5,
            () => "the removals are in the log"
        );
        await Deadline.UntilAsync(
            async () => (await stage.Host.GetAsync("/v1/status")).GetProperty("projector").GetProperty("lag_events").GetInt64() == 0,
            () => "the removals are folded"
        );
        (await OperationsAsync(stage)).ShouldBe(["add"]);

        await PostAsync(stage, "/v1/destinations/meta_main/resume");
        await UntilReadingsAsync(stage, 1);
        (await OperationsAsync(stage)).ShouldBe(["add", "remove", "read"]);
    }

    [Fact]
    public async Task A_reading_that_fails_is_recorded_with_its_code_and_repeated_an_hour_later()
    {
        var broken = false;
        await using var stage = await StartAsync(inner => new FailingReads(inner, () => broken));
        await stage.AddAsync(Key, DoctorStage.People("member", 5));
        await stage.Host.WaitUntilQuietAsync();
        broken = true;
        stage.Clock.Advance(TimeSpan.FromMinutes(61));
        var failed = await UntilReadingsAsync(stage, 1);
        failed.GetProperty("state").GetString().ShouldBe("failed");
        failed.GetProperty("at_most").ValueKind.ShouldBe(JsonValueKind.Null);
        (await stage.Host.GetAsync("/v1/status")).GetProperty("bindings")[0].GetProperty("state").GetString().ShouldBe("active");

        broken = false;
        stage.Clock.Advance(TimeSpan.FromMinutes(61));
        (await UntilReadingsAsync(stage, 2)).GetProperty("state").GetString().ShouldBe("too_small");
    }

    private static Task<DoctorStage> StartAsync(Func<HttpMessageHandler, HttpMessageHandler>? network = null) =>
        DoctorStage.StartAsync(
            new TestHostOptions { Audiences = [new("carts", null)], Network = network ?? (static inner => inner) },
            Start
        );

    private static async Task<JsonElement> ReadingAsync(DoctorStage stage) =>
        (await stage.Host.GetAsync("/v1/status")).GetProperty("bindings")[0].GetProperty("reading");

    private static async Task<JsonElement> UntilReadingsAsync(DoctorStage stage, long readings)
    {
        await Deadline.UntilAsync(
            async () => await stage.Host.ScalarAsync<long>("select count(*) from platform_readings") >= readings,
            () => $"{readings} readings\n{string.Join('\n', stage.Host.LogLines.TakeLast(20))}"
        );
        return await ReadingAsync(stage);
    }

    private static async Task<List<string>> RulesAsync(DoctorStage stage) =>
        [
            .. (await stage.Host.GetAsync("/v1/alerts"))
                .GetProperty("alerts")
                .EnumerateArray()
                .Select(alert => $"{alert.GetProperty("rule").GetString()} {alert.GetProperty("state").GetString()}"),
        ];

    private static Task<int> UsedLastAsync(DoctorStage stage) =>
        stage.Host.ScalarAsync<int>("select calls from budgets order by slot desc limit 1");

    private static async Task<List<string>> OperationsAsync(DoctorStage stage) =>
        [
            .. (await stage.Host.Sandbox.Admin.GetFromJsonAsync<JsonElement>("/admin/calls"))
                .GetProperty("recent")
                .EnumerateArray()
                .Select(call => call.GetProperty("operation").GetString()!),
        ];

    private static async Task PostAsync(DoctorStage stage, string path)
    {
        using var answer = await stage.Host.Operator.PostAsJsonAsync(path, new { by = "ann" });
        answer.IsSuccessStatusCode.ShouldBeTrue(await answer.Content.ReadAsStringAsync());
    }

    private sealed class FailingReads(HttpMessageHandler inner, Func<bool> broken) : DelegatingHandler(inner)
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
            broken() && request.Method == HttpMethod.Get
                ? throw new HttpRequestException("The connection was closed.")
                : base.SendAsync(request, cancellationToken);
    }
}

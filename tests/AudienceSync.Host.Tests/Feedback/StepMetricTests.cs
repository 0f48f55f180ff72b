using System.Text.Json;
using AudienceSync.Host.Tests.Ingest;

namespace AudienceSync.Host.Tests.Feedback;

/// <summary>The outcome of a journey's step is reported by its delivery id, and only where that was asked for.</summary>
public sealed class StepMetricTests
{
    private const string Steps = ", step_metrics: true, events: false, attributes: false";

    [Fact]
    public async Task A_step_is_delivered_bounced_or_dropped_with_the_reason()
    {
        await using var stage = await FeedbackStage.StartAsync(Steps);
        await stage.AddAsync("ann", "delivery-of-ann");
        await ReportedAsync(stage, "delivery-of-ann", "delivered");

        await stage.Host.Sandbox.FaultAsync(
            new
            {
                kind = "invalid_rows",
                platform = "meta",
                count = 1,
            }
        );
        await stage.AddAsync("ben", "delivery-of-ben");
        await ReportedAsync(stage, "delivery-of-ben", "bounced");

        const string Suppress =
            """{"event":"person_suppress","event_id":"s","occurred_at":"2026-11-21T09:26:00Z","person":{"customer_id":"cem"}}""";
        (await stage.Host.PostAsync(Suppress)).Status.ShouldBe(200);
        await stage.AddAsync("cem", "delivery-of-cem");
        var dropped = await ReportedAsync(stage, "delivery-of-cem", "dropped");
        dropped.GetProperty("reason").GetString().ShouldBe("suppressed");

        (await stage.Host.ScalarAsync<long>("select count(*) from feedback_steps")).ShouldBe(0, "what was reported is gone");
    }

    [Fact]
    public async Task A_parked_step_is_deferred_and_after_an_hour_it_is_dropped_and_counted()
    {
        await using var stage = await FeedbackStage.StartAsync(Steps);
        await stage.Host.Sandbox.FaultAsync(new { kind = "token_expired", platform = "meta" });
        await stage.AddAsync("ann", "delivery-of-ann");
        await ReportedAsync(stage, "delivery-of-ann", "deferred", stage.Clock.Advance, TimeSpan.FromSeconds(3));

        JsonElement view = default;
        await Deadline.UntilAsync(
            async () =>
            {
                stage.Clock.Advance(TimeSpan.FromMinutes(20));
                view = await stage.FeedbackAsync();
                return view.ToString().Contains("step_too_old", StringComparison.Ordinal);
            },
            () => view.ToString()
        );
        (await stage.Host.ScalarAsync<long>("select count(*) from feedback_steps")).ShouldBe(0);
    }

    [Fact]
    public async Task Nothing_of_a_step_is_kept_where_its_outcome_is_not_wanted()
    {
        await using var stage = await FeedbackStage.StartAsync();
        await stage.AddAsync("ann", "delivery-of-ann");
        await stage.QuietAsync();

        (await stage.Host.ScalarAsync<long>("select count(*) from feedback_steps")).ShouldBe(0);
        (await stage.AdminAsync("/admin/customerio/metrics")).ToString().ShouldNotContain("delivery-of-ann");
    }

    [Fact]
    public async Task A_delivery_id_and_an_identifier_are_nowhere_in_clear()
    {
        await using var stage = await FeedbackStage.StartAsync(", step_metrics: true");
        await stage.FaultAsync("server_error", operation: "metrics");
        await stage.AddAsync("canary-of-feedback", "delivery-canary-4711");
        await stage.Host.WaitUntilQuietAsync();
        await Deadline.UntilAsync(
            async () =>
                await stage.Host.ScalarAsync<long>("select count(*) from feedback_sends where stream = 'steps' and attempts > 0") > 0,
            () => "a step that was not accepted"
        );

        string[] canaries = ["canary-of-feedback", "delivery-canary-4711", FeedbackStage.Key];
        (await DatabaseText.ReadAsync(stage.Host)).ShouldHoldNone(canaries);
        foreach (var canary in canaries)
        {
            stage.Host.LogLines.ShouldAllBe(line => !line.Contains(canary));
            (await stage.FeedbackAsync()).ToString().ShouldNotContain(canary);
        }
    }

    private static async Task<JsonElement> ReportedAsync(
        FeedbackStage stage,
        string deliveryId,
        string metric,
        Action<TimeSpan>? advance = null,
        TimeSpan by = default
    )
    {
        JsonElement all = default;
        JsonElement? found = null;
        await Deadline.UntilAsync(
            async () =>
            {
                advance?.Invoke(by);
                all = await stage.AdminAsync("/admin/customerio/metrics");
                found = Find(all, deliveryId, metric);
                return found is not null;
            },
            () =>
                $"{metric} of {deliveryId}: {all}\n"
                + string.Join('\n', stage.Host.LogLines.Where(line => line.Contains("Feedback")).TakeLast(20))
        );
        return found!.Value;
    }

    private static JsonElement? Find(JsonElement all, string deliveryId, string metric)
    {
        foreach (var delivery in all.GetProperty("deliveries").EnumerateArray())
        {
            if (delivery.GetProperty("delivery_id").GetString() != deliveryId)
            {
                continue;
            }

            foreach (var reported in delivery.GetProperty("metrics").EnumerateArray())
            {
                if (reported.GetProperty("metric").GetString() == metric)
                {
                    return reported;
                }
            }
        }

        return null;
    }
}

using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Nodes;
using AudienceSync.Host.Tests.Ingest;
using AudienceSync.Host.Tests.Outcomes;

namespace AudienceSync.Host.Tests.Feedback;

/// <summary>What is known of people reaches their sender as attributes, when it changes.</summary>
public sealed class TraitFeedbackTests
{
    [Fact]
    public async Task A_suppression_and_its_end_are_an_attribute_and_the_same_state_is_not_sent_again()
    {
        await using var stage = await FeedbackStage.StartAsync(", events: false");
        await CreateAsync(stage, "ann");
        await stage.AddAsync("ann");
        await SuppressAsync(stage, "person_suppress", "09:26:00");
        await stage.QuietAsync();
        Attribute(await stage.PersonAsync("ann"), "ads_suppressed").GetBoolean().ShouldBeTrue();

        await SuppressAsync(stage, "person_suppress", "09:27:00");
        await stage.QuietAsync();
        (await ItemsAsync(stage)).ShouldBe(1, "it was suppressed already");

        await SuppressAsync(stage, "person_unsuppress", "09:28:00");
        await stage.QuietAsync();
        Attribute(await stage.PersonAsync("ann"), "ads_suppressed").GetBoolean().ShouldBeFalse();
        (await ItemsAsync(stage)).ShouldBe(2);
    }

    [Fact]
    public async Task An_attribute_that_the_service_refused_is_sent_again_with_the_next_event_of_its_person()
    {
        await using var stage = await FeedbackStage.StartAsync(", events: false");
        await CreateAsync(stage, "ann");
        await stage.AddAsync("ann");
        await stage.FaultAsync("invalid_rows", count: 1);
        await SuppressAsync(stage, "person_suppress", "09:26:00");
        await stage.QuietAsync();
        (await stage.PersonAsync("ann"))!.Value.GetProperty("attributes").TryGetProperty("ads_suppressed", out _).ShouldBeFalse();

        await SuppressAsync(stage, "person_suppress", "09:27:00");
        await stage.QuietAsync();
        Attribute(await stage.PersonAsync("ann"), "ads_suppressed").GetBoolean().ShouldBeTrue();
    }

    [Fact]
    public async Task An_attribute_does_not_create_a_person_whom_the_service_no_longer_has()
    {
        await using var stage = await FeedbackStage.StartAsync(", events: false");
        await stage.AddAsync("ann");
        await SuppressAsync(stage, "person_suppress", "09:26:00");
        await stage.QuietAsync();

        (await ItemsAsync(stage)).ShouldBe(1, "accepted is not applied");
        (await stage.PersonAsync("ann")).ShouldBeNull();
        (await stage.AdminAsync($"/admin/customerio/{FeedbackStage.Site}"))
            .GetProperty("ignored")
            .GetProperty("update_without_match")
            .GetInt64()
            .ShouldBe(1);
    }

    [Fact]
    public async Task A_bounce_a_complaint_and_a_click_are_attributes_in_any_order_and_a_later_delivery_makes_the_address_deliverable()
    {
        await using var stage = await FeedbackStage.StartAsync(", events: false", reports: true);
        await CreateAsync(stage, "ann");
        await stage.AddAsync("ann");
        var failure = new JsonObject { ["failure_message"] = "550 5.1.1 <ann@example.com> user unknown" };
        await ReportAsync(stage, "clicked", 1, minutes: -30);
        await ReportAsync(stage, "bounced", 2, minutes: -20, failure);
        await stage.QuietAsync();
        var ann = await stage.PersonAsync("ann");
        Attribute(ann, "email_deliverable").GetBoolean().ShouldBeFalse();
        Attribute(ann, "last_email_click_at").GetInt64().ShouldBe(Sample.Now.AddMinutes(-30).ToUnixTimeSeconds());
        Attribute(ann, "complaint_count").GetInt32().ShouldBe(0);

        await ReportAsync(stage, "delivered", 3, minutes: -10);
        await ReportAsync(stage, "spammed", 4, minutes: -25);
        await ReportAsync(stage, "subscribed", 5, minutes: -5);
        await stage.QuietAsync();
        ann = await stage.PersonAsync("ann");
        Attribute(ann, "email_deliverable").GetBoolean().ShouldBeTrue();
        Attribute(ann, "complaint_count").GetInt32().ShouldBe(1);
        stage.Host.LogLines.ShouldAllBe(line => !line.Contains("ann@example.com"));
    }

    internal static async Task CreateAsync(FeedbackStage stage, string id)
    {
        using var created = await stage.Host.Sandbox.Admin.PostAsJsonAsync(
            $"/admin/customerio/{FeedbackStage.Site}/people",
            new[] { new { id, email = $"{id}@example.com" } }
        );
        created.IsSuccessStatusCode.ShouldBeTrue(await created.Content.ReadAsStringAsync());
    }

    internal static JsonElement Attribute(JsonElement? person, string name) =>
        person!.Value.GetProperty("attributes").GetProperty(name).GetProperty("value");

    private static async Task ReportAsync(FeedbackStage stage, string metric, int number, int minutes, JsonObject? data = null)
    {
        var report = ReportingStage.Report(
            "email",
            metric,
            ReportingStage.Id(number),
            Sample.Now.AddMinutes(minutes),
            ReportingStage.Person("ann", "ann@example.com"),
            data
        );
        (await stage.Host.StatusOfAsync(report)).ShouldBe("accepted");
    }

    private static async Task SuppressAsync(FeedbackStage stage, string name, string at)
    {
        var body = new JsonObject
        {
            ["event"] = name,
            ["event_id"] = name + at,
            ["occurred_at"] = $"2026-11-21T{at}Z",
            ["person"] = new JsonObject { ["customer_id"] = "ann" },
        }.ToJsonString();
        (await stage.Host.PostAsync(body)).Status.ShouldBe(200);
    }

    private static async Task<int> ItemsAsync(FeedbackStage stage) =>
        (await stage.FeedbackAsync()).GetProperty("sends").EnumerateArray().Sum(send => send.GetProperty("accepted").GetInt32());
}

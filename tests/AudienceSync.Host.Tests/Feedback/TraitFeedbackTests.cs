using System.Net.Http.Json;
using System.Text.Json;

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

    private static async Task SuppressAsync(FeedbackStage stage, string name, string at)
    {
        var body = $$"""{"event":"{{name}}","event_id":"{{name}}{{at}}","occurred_at":"2026-11-21T{{at}}Z","person":{"customer_id":"ann"}}""";
        (await stage.Host.PostAsync(body)).Status.ShouldBe(200);
    }

    private static async Task<int> ItemsAsync(FeedbackStage stage) =>
        (await stage.FeedbackAsync()).GetProperty("sends").EnumerateArray().Sum(send => send.GetProperty("accepted").GetInt32());
}

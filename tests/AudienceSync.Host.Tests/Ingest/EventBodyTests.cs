using System.Text.Json.Nodes;
using AudienceSync.Host.Tests.Privacy.Erasure;
using AudienceSync.Host.Tests.Serving;

namespace AudienceSync.Host.Tests.Ingest;

/// <summary>What a sender sent is shown to an operator, for as long as it is kept.</summary>
public sealed class EventBodyTests : IAsyncLifetime
{
    private TestHost _host = null!;

    public async Task InitializeAsync() => _host = await TestHost.StartAsync(IngestHost.Options);

    public async Task DisposeAsync() => await _host.DisposeAsync();

    [Fact]
    public async Task The_request_that_brought_an_event_is_found_by_its_receipt_until_the_person_is_erased()
    {
        var body = Sample.Of(new JsonObject { ["customer_id"] = "with a body" }).ToJsonString();
        var receipt = (await _host.PostAsync(body)).ReceiptId()!;

        var shown = await _host.GetAsync($"/v1/events/{receipt}/body");
        shown.GetProperty("event").GetString().ShouldBe(receipt);
        shown.GetProperty("body").GetString().ShouldBe(body);

        var erasure = (await _host.EraseAsync(new { customer_id = "with a body" })).Id();
        await _host.ErasedAsync(erasure);
        using var gone = await _host.Operator.GetAsync($"/v1/events/{receipt}/body");
        (await Answer.ReadAsync(gone)).Code.ShouldBe("body_not_kept");
    }

    [Fact]
    public async Task An_unknown_event_and_one_of_the_engine_itself_have_no_body()
    {
        var own = await _host.ScalarAsync<Guid>("select id from mt_events where type like 'audience_key_published%' limit 1");
        foreach (var id in new[] { own, Guid.Empty })
        {
            using var none = await _host.Operator.GetAsync($"/v1/events/{id}/body");
            var answer = await Answer.ReadAsync(none);
            (answer.Status, answer.Code).ShouldBe((404, "body_not_kept"));
        }
    }
}

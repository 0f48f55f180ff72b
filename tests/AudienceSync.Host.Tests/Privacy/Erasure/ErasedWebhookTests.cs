using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using AudienceSync.Domain.Events;
using AudienceSync.Host.EventStore;
using AudienceSync.Host.Ingest.Bodies;
using AudienceSync.Host.Privacy;
using AudienceSync.Host.Privacy.Keys;
using AudienceSync.Host.Tests.Ingest;
using AudienceSync.Host.Tests.Serving;

namespace AudienceSync.Host.Tests.Privacy.Erasure;

/// <summary>Webhooks about a person who was erased.</summary>
public sealed class ErasedWebhookTests : IAsyncLifetime
{
    private const string Email = "gone.person@example.com";

    private TestHost _host = null!;

    public async Task InitializeAsync() => _host = await TestHost.StartAsync(IngestHost.Options);

    public async Task DisposeAsync() => await _host.DisposeAsync();

    [Fact]
    public async Task An_event_that_names_an_erased_person_is_refused_counted_and_not_kept()
    {
        var erasure = (await _host.EraseAsync(new { email = Email })).Id();
        var events = await CountAsync("mt_events");
        for (var i = 0; i < 3; i++)
        {
            var answer = await _host.SendEventAsync(null, Email);
            (answer.Status, answer.Code, answer.Json.GetProperty("status").GetString()).ShouldBe((202, "person_erased", "refused"));
            answer.Text.ShouldNotContain(Email);
        }

        (await CountAsync("mt_events")).ShouldBe(events);
        (await CountAsync("raw_bodies")).ShouldBe(0);
        (await CountAsync("quarantine")).ShouldBe(0);
        (await _host.ReceiptAsync(erasure)).GetProperty("refused_events").GetInt64().ShouldBe(3);
        (await _host.GetAsync("/v1/status")).GetProperty("erasures").GetProperty("refused_events").GetInt64().ShouldBe(3);
    }

    [Fact]
    public async Task A_known_person_named_with_an_erased_address_is_refused_and_accepted_without_it()
    {
        (await _host.SendEventAsync("well known")).Status.ShouldBe(200);
        await _host.EraseAsync(new { email = Email });
        (await _host.SendEventAsync("well known")).Status.ShouldBe(200);
        (await _host.SendEventAsync("well known", Email)).Code.ShouldBe("person_erased");
        (await _host.SendEventAsync("well known")).Status.ShouldBe(200);
        (await _host.SendEventAsync("well known", Email, word: "audience_remove")).Code.ShouldBe("person_erased");
        (await _host.SendEventAsync("well known", "another@example.com")).Status.ShouldBe(200);
        (await CountAsync("people")).ShouldBe(1);
    }

    [Fact]
    public async Task An_erased_person_stays_refused_however_often_they_are_named()
    {
        (await _host.SendEventAsync("gone", Email)).Status.ShouldBe(200);
        await _host.EraseAsync(new { customer_id = "gone" });
        for (var i = 0; i < 3; i++)
        {
            (await _host.SendEventAsync("gone")).Code.ShouldBe("person_erased");
            (await _host.SendEventAsync(null, Email)).Code.ShouldBe("person_erased");
            (await _host.SendEventAsync("other", Email)).Code.ShouldBe("person_erased");
        }

        (await _host.SendEventAsync("other")).Status.ShouldBe(200);
    }

    [Fact]
    public async Task Another_host_that_cached_an_erased_person_refuses_them_too()
    {
        await using var second = await TestHost.StartAsync(IngestHost.Options with { Database = _host.Database, Platform = _host.Sandbox });
        (await second.SendEventAsync("gone", Email)).Status.ShouldBe(200);
        (await second.SendEventAsync("other")).Status.ShouldBe(200);
        await _host.EraseAsync(new { customer_id = "gone" });
        (await second.SendEventAsync("gone")).Code.ShouldBe("person_erased");
        await _host.EraseAsync(new { email = "unknown@example.com" });
        (await second.SendEventAsync("other", "unknown@example.com")).Code.ShouldBe("person_erased");
        (await second.SendEventAsync("other")).Status.ShouldBe(200);
    }

    [Fact]
    public async Task Other_events_of_an_array_are_kept_and_the_erased_persons_place_in_the_body_is_blank()
    {
        await _host.EraseAsync(new { email = Email });
        var held = Of(null, Email);
        held["audience_key"] = "nobody_published_v1";
        var wrong = Of(null, Email);
        wrong["occurred_at"] = "yesterday";
        var unknown = Of(null, Email);
        unknown["event"] = "something_new";
        var answer = await _host.PostAsync(Sample.Array([Of("first"), Of(null, Email), held, wrong, unknown, Of("second")]));

        answer.Status.ShouldBe(202);
        answer
            .Results.Select(result => result.TryGetProperty("code", out var code) ? code.GetString() : null)
            .ShouldBe([null, "person_erased", "person_erased", "invalid_occurred_at", "person_erased", null]);
        (await CountAsync("quarantine")).ShouldBe(0);
        var first = answer.Results[0].GetProperty("receipt_id").GetString();
        var body = await BodyAsync(await _host.ScalarAsync<long>($"select seq_id from mt_events where id = '{first}'"));
        body.ShouldNotContain(Email);
        JsonDocument
            .Parse(body)
            .RootElement.EnumerateArray()
            .Select(item => item.ValueKind)
            .ShouldBe([
                JsonValueKind.Object,
                JsonValueKind.Null,
                JsonValueKind.Null,
                JsonValueKind.Null,
                JsonValueKind.Null,
                JsonValueKind.Object,
            ]);
    }

    [Fact]
    public async Task Events_that_would_be_quarantined_or_refused_are_not_kept_for_an_erased_person()
    {
        await _host.EraseAsync(new { email = Email });
        var held = Of(null, Email);
        held["audience_key"] = "nobody_published_v1";
        (await _host.PostAsync(held)).Code.ShouldBe("person_erased");
        var wrong = Of(null, Email);
        wrong["occurred_at"] = "yesterday";
        (await _host.PostAsync(wrong)).Code.ShouldBe("invalid_occurred_at");
        (await CountAsync("quarantine")).ShouldBe(0);
    }

    private static JsonObject Of(string? customer, string? email = null) =>
        Sample.Of(new JsonObject { ["customer_id"] = customer, ["email"] = email });

    private async Task<string> BodyAsync(long position)
    {
        await using var database = new WorkspaceDatabase(_host.Database, new WorkspaceName("default"));
        var seal = new BodySeal(
            new MasterKeys(new MasterKey(1, Convert.FromBase64String(TestHostFiles.MasterKey))),
            new byte[MasterKey.KeyBytes]
        );
        return Encoding.UTF8.GetString((await new BodyArchiveStore(database, seal).FindAsync(new Position(position), default))!);
    }

    private Task<long> CountAsync(string table) => _host.ScalarAsync<long>($"select count(*) from {table}");
}

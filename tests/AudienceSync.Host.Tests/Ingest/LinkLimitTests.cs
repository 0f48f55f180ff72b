using System.Text.Json.Nodes;
using AudienceSync.Domain;
using AudienceSync.Host.Tests.Audiences;
using AudienceSync.Host.Tests.Serving;

namespace AudienceSync.Host.Tests.Ingest;

/// <summary>An identifier that looks real and is sent for everyone: it must not merge all customers of a shop into one person.</summary>
public sealed class LinkLimitTests : IAsyncLifetime
{
    private TestHost _host = null!;

    public async Task InitializeAsync() => _host = await TestHost.StartAsync(new TestHostOptions { Clock = new OffsetClock(Sample.Now) });

    public async Task DisposeAsync() => await _host.DisposeAsync();

    [Fact]
    public async Task After_twenty_emails_an_id_stops_linking_its_adds_wait_and_its_removals_take_effect()
    {
        for (var n = 0; n < 20; n++)
        {
            (await _host.PostAsync(Event("audience_add", n))).Status.ShouldBe(200);
        }

        var held = await _host.PostAsync(Event("audience_add", 20));
        (held.Status, held.Code).ShouldBe((202, "too_many_addresses"));
        LimitsPage.Rows().ShouldContain((nameof(Limits.LinkedAddressesPerDay), 202, "too_many_addresses"));
        (await _host.PostAsync(Event("audience_add", 20))).ReceiptId().ShouldBe(held.ReceiptId(), "a retry is the same entry");
        (await _host.PostAsync(Event("audience_add", 7))).Status.ShouldBe(200, "it was linked before");
        (await CountAsync("person_aliases where kind = 2")).ShouldBe(20);
        (await StatusAsync()).ShouldBe(1);

        (await _host.PostAsync(Event("audience_remove", 21, minutes: 1))).Status.ShouldBe(200);
        (await _host.PostAsync(Event("person_suppress", 22, minutes: 1))).Status.ShouldBe(200);
        await _host.WaitUntilQuietAsync();
        (await CountAsync("membership where state in (1, 4, 6)")).ShouldBe(0, "its own person left, and no one new entered");
        (await CountAsync("people where owner is null")).ShouldBe(1);
    }

    [Fact]
    public async Task In_one_array_with_copies_the_first_twenty_are_accepted_and_each_one_beyond_waits()
    {
        var events = Enumerable.Range(0, 25).Append(24).Select(n => (JsonNode?)Event("audience_add", n)).ToList();
        var answer = await _host.PostAsync(Sample.Array(events));
        answer.Status.ShouldBe(202);
        var results = answer
            .Json.GetProperty("results")
            .EnumerateArray()
            .Select(result => result.GetProperty("status").GetString())
            .ToList();
        results.ShouldBe([.. Enumerable.Repeat("accepted", 20), .. Enumerable.Repeat("quarantined", 6)]);
        (await CountAsync("quarantine where reason = 'too_many_addresses' and seen >= 1")).ShouldBe(5, "a copy is not a separate entry");
        (await CountAsync("mt_events where type = 'audience_member_added'")).ShouldBe(20);
    }

    [Fact]
    public async Task A_person_with_an_address_of_their_own_is_not_affected()
    {
        (await _host.PostAsync(Sample.Of(new JsonObject { ["customer_id"] = "bob", ["email"] = Email(30) }))).Status.ShouldBe(200);
        for (var n = 0; n <= 30; n++)
        {
            await _host.PostAsync(Event("audience_add", n));
        }

        (await _host.PostAsync(Event("audience_remove", 30, minutes: 5))).Status.ShouldBe(200);
        await _host.WaitUntilQuietAsync();
        (await CountAsync("membership where state = 1")).ShouldBe(1, "Bob stays");
    }

    [Fact]
    public async Task After_an_operator_allows_it_waiting_events_are_released_and_later_ones_are_accepted()
    {
        for (var n = 0; n < 22; n++)
        {
            await _host.PostAsync(Event("audience_add", n));
        }

        var stops = (await _host.GetAsync("/v1/people/link-stops")).GetProperty("link_stops");
        var stop = stops.EnumerateArray().ShouldHaveSingleItem();
        (stop.GetProperty("identifier").GetString(), stop.GetProperty("too_many").GetString()).ShouldBe(("customer_id", "email"));
        (await ReleaseAsync()).ShouldBe(["held", "held"]);

        var person = stop.GetProperty("person").GetString();
        (await _host.PostAsOperatorAsync($"people/link-stops/{person}/allow", new { })).Status.ShouldBe(200);
        (await _host.PostAsOperatorAsync($"people/link-stops/{person}/allow", new { })).Code.ShouldBe("unknown_link_stop");
        (await ReleaseAsync()).ShouldBe(["released", "released"]);
        for (var n = 22; n < 30; n++)
        {
            (await _host.PostAsync(Event("audience_add", n))).Status.ShouldBe(200);
        }

        (await StatusAsync()).ShouldBe(0);
    }

    private async Task<IEnumerable<string?>> ReleaseAsync() =>
        (await _host.PostAsOperatorAsync("quarantine/release?reason=too_many_addresses", new { }))
            .Json.GetProperty("results")
            .EnumerateArray()
            .Select(result => result.GetProperty("status").GetString())
            .ToList();

    private static string Email(int n) => $"shopper{n}@example.com";

    private static JsonObject Event(string name, int n, int minutes = 0)
    {
        var body = Sample.Of(new JsonObject { ["customer_id"] = "shop-front", ["email"] = Email(n) });
        body["event"] = name;
        body["event_id"] = $"{name} {n}";
        body["occurred_at"] = Sample.Now.AddMinutes(minutes - 10).ToString("O");
        if (name.StartsWith("person", StringComparison.Ordinal))
        {
            body.Remove("audience_key");
        }

        return body;
    }

    private Task<long> CountAsync(string rows) => _host.ScalarAsync<long>($"select count(*) from {rows}");

    private async Task<long> StatusAsync() => (await _host.GetAsync("/v1/status")).GetProperty("link_stops").GetInt64();
}

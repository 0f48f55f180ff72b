using System.Text.Json.Nodes;
using AudienceSync.Host.Tests.Privacy.Erasure;
using AudienceSync.Host.Tests.Serving;

namespace AudienceSync.Host.Tests.Ingest;

/// <summary><c>linked_addresses_per_day: 2</c>, and phones instead of emails.</summary>
public sealed class LinkLimitSettingTests : IAsyncLifetime
{
    private TestHost _host = null!;

    public async Task InitializeAsync() =>
        _host = await TestHost.StartAsync(
            new TestHostOptions
            {
                Clock = new OffsetClock(Sample.Now),
                Yaml = yaml => yaml.Replace("  default:\n", "  default:\n    linked_addresses_per_day: 2\n", StringComparison.Ordinal),
            }
        );

    public async Task DisposeAsync() => await _host.DisposeAsync();

    [Fact]
    public async Task The_third_phone_of_an_id_waits_and_an_operator_links_it_neither()
    {
        for (var n = 0; n < 2; n++)
        {
            (await _host.PostAsync(Event("audience_add", n))).Status.ShouldBe(200);
        }

        var held = await _host.PostAsync(Event("audience_add", 2));
        (held.Status, held.Code).ShouldBe((202, "too_many_addresses"));
        (await CountAsync("person_aliases where kind = 3")).ShouldBe(2);
        var stop = (await _host.GetAsync("/v1/people/link-stops")).GetProperty("link_stops").EnumerateArray().ShouldHaveSingleItem();
        (stop.GetProperty("identifier").GetString(), stop.GetProperty("too_many").GetString()).ShouldBe(("customer_id", "phone"));

        // What an operator permits with a new phone would be linked, too. It is refused, and nothing claims that it is in the log.
        var events = await CountAsync("mt_events");
        foreach (
            var (path, consent) in new[]
            {
                ("suppressions/lift", (object?)null),
                ("consent", new { ad_user_data = "granted", ad_personalization = "granted" }),
            }
        )
        {
            var who = new
            {
                customer_id = "shop-front",
                phone = Phone(3),
                consent,
            };
            var answer = await _host.AskAsync("/v1/people/" + path, who);
            (answer.Status, answer.Code, answer.Json.GetProperty("status").GetString()).ShouldBe((202, "too_many_addresses", "refused"));
        }

        (await CountAsync("mt_events")).ShouldBe(events);
        (await _host.AskAsync("/v1/people/suppressions/lift", new { customer_id = "shop-front" })).Status.ShouldBe(200);

        // Restrictions and removals still reach the id's own person.
        (await _host.AskAsync("/v1/people/suppressions", new { customer_id = "shop-front", phone = Phone(4) })).Status.ShouldBe(200);
        (await _host.PostAsync(Event("audience_remove", 5))).Status.ShouldBe(200);
        (await CountAsync("mt_events")).ShouldBe(events + 3);
        (await CountAsync("person_aliases where kind = 3")).ShouldBe(2);
    }

    private static string Phone(int n) => $"+120255501{10 + n}";

    private static JsonObject Event(string name, int n)
    {
        var sample = Sample.Of(new JsonObject { ["customer_id"] = "shop-front", ["phone"] = Phone(n) });
        sample["event"] = name;
        return sample;
    }

    private Task<long> CountAsync(string rows) => _host.ScalarAsync<long>($"select count(*) from {rows}");
}

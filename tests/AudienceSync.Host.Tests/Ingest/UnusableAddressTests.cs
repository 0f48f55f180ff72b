using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using AudienceSync.Host.Tests.Serving;

namespace AudienceSync.Host.Tests.Ingest;

/// <summary>
/// An address that cannot exist, beside an id that does: the add is accepted with a warning, and no platform gets a digest of it.
/// </summary>
public sealed class UnusableAddressTests
{
    [Fact]
    public async Task An_add_with_an_id_and_an_address_that_cannot_exist_delivers_no_digest_of_it()
    {
        await using var host = await TestHost.StartAsync(new TestHostOptions { Clock = new OffsetClock(Sample.Now) });
        foreach (
            var (field, text, code) in new[]
            {
                ("email", "x@example", "no_dotted_domain"),
                ("email", "<user@localhost>", "no_dotted_domain"),
                ("email", "ann@example..com", "invalid_domain"),
                ("email", "tt one@example.com", "white_space"),
                ("email", "a@example.com, b@example.com", "several_addresses"),
                ("phone", "+683 40012", "impossible_number"),
                ("phone", "4.479E+11", "scientific_notation"),
                ("phone", "555-1234", "local_only"),
            }
        )
        {
            var added = await host.PostAsync(Sample.Of(new JsonObject { ["customer_id"] = "id of " + text, [field] = text }));
            added.Warnings().ShouldBe([$"{code} person.{field}"], text);
        }

        await host.PostAsync(Sample.Of(new JsonObject { ["customer_id"] = "control", ["email"] = "ann@example.com" }));
        await host.WaitUntilQuietAsync();

        (await host.Sandbox.HeldAsync(TestHost.Remote(0), "EMAIL")).ShouldBe([Hash("ann@example.com")], "and nothing else");
        (await host.Sandbox.HeldAsync(TestHost.Remote(0), "PHONE")).ShouldBeEmpty();
        (await host.ScalarAsync<long>("select count(*) from person_aliases where kind <> 1")).ShouldBe(1);
        (await host.ScalarAsync<long>("select count(*) from membership where state = 1")).ShouldBe(9, "all are members");
    }

    private static string Hash(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
}

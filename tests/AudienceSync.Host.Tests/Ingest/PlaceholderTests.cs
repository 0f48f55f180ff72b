using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using AudienceSync.Host.Tests.Privacy.Erasure;
using AudienceSync.Host.Tests.Serving;

namespace AudienceSync.Host.Tests.Ingest;

/// <summary>
/// Placeholders end to end, the built-in ones and those that a source declares (<c>placeholder_ids</c>): whatever is done to one of the
/// people who were sent with it happens to nobody else.
/// </summary>
public sealed class PlaceholderTests : IAsyncLifetime
{
    private TestHost _host = null!;

    public async Task InitializeAsync() =>
        _host = await TestHost.StartAsync(
            new TestHostOptions
            {
                Clock = new OffsetClock(Sample.Now),
                Yaml = yaml =>
                    yaml.Replace(
                            "name: signed,",
                            "name: signed, placeholder_ids: [ \"Walk-In\", none@shop.example ],",
                            StringComparison.Ordinal
                        )
                        .Replace(
                            "name: may_sign,",
                            "name: may_sign, hashed: { email: sha256 }, placeholder_ids: [ none@shop.example ],",
                            StringComparison.Ordinal
                        ),
            }
        );

    public async Task DisposeAsync() => await _host.DisposeAsync();

    [Theory]
    [InlineData("undefined")]
    [InlineData(" walk-in ")]
    public async Task A_removal_and_an_erasure_of_one_of_its_people_leave_the_others_alone(string placeholder)
    {
        foreach (var name in new[] { "ann", "bob", "cid" })
        {
            var added = await _host.PostAsync(Event("audience_add", placeholder, name));
            added.Warnings().ShouldBe(["placeholder person.customer_id"]);
        }

        await HeldAsync("ann", "bob", "cid");
        (await _host.PostAsync(Event("audience_remove", placeholder, "ann"))).Status.ShouldBe(200);
        await HeldAsync("bob", "cid");

        // Without an address it names nobody.
        (await _host.PostAsync(Event("audience_remove", placeholder, null))).Code.ShouldBe("missing_person");
        (await _host.PostAsync(Event("person_suppress", placeholder, null))).Code.ShouldBe("missing_person");
        await HeldAsync("bob", "cid");

        // An operator names people without a source, so only the built-in placeholders are absent.
        await _host.ErasedAsync((await _host.EraseAsync(new { customer_id = "undefined", email = "bob@example.com" })).Id());
        await HeldAsync("cid");
        (await _host.PostAsync(Event("audience_add", placeholder, "cid"))).Status.ShouldBe(200, "the placeholder itself was not erased");
        (await _host.PostAsync(Event("audience_add", placeholder, "bob"))).Code.ShouldBe("person_erased");
        (await _host.AskAsync("/v1/people/erasures", new { customer_id = "undefined" })).Code.ShouldBe("invalid_identifiers");
    }

    [Fact]
    public async Task The_placeholders_of_a_source_are_ids_of_another_and_their_digests_are_absent_in_one_that_hashes()
    {
        (await Other(TestHostFiles.UnsignedToken, new() { ["customer_id"] = "Walk-In" })).Warnings().ShouldBeEmpty();
        (await _host.AskAsync("/v1/members/lookup", new { customer_id = "Walk-In" })).Status.ShouldBe(200);

        foreach (var text in new[] { "none@shop.example", "undefined", "null" })
        {
            var hash = Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
            (await Other(TestHostFiles.MaySignToken, new() { ["email"] = hash })).Code.ShouldBe("missing_person", text);
            (await Other(TestHostFiles.MaySignToken, new() { ["customer_id"] = $"has {text}", ["email"] = hash }))
                .Warnings()
                .ShouldBe(["placeholder person.email"]);
        }

        (await _host.ScalarAsync<long>("select count(*) from person_aliases where kind = 2")).ShouldBe(0);
        (await _host.ScalarAsync<long>("select count(*) from people")).ShouldBe(4);
    }

    private Task<Answer> Other(string token, JsonObject person) =>
        _host.SendAsync(Webhook.Request(Sample.Of(person).ToJsonString(), token));

    private static JsonObject Event(string name, string customer, string? email)
    {
        var sample = Sample.Of(new JsonObject { ["customer_id"] = customer, ["email"] = email is null ? null : $"{email}@example.com" });
        sample["event"] = name;
        sample["occurred_at"] = Sample.Now.AddMinutes(name == "audience_add" ? -10 : -5).ToString("O");
        if (name.StartsWith("person", StringComparison.Ordinal))
        {
            sample.Remove("audience_key");
        }

        return sample;
    }

    private async Task HeldAsync(params string[] names)
    {
        await _host.WaitUntilQuietAsync();
        (await _host.Sandbox.HeldAsync(TestHost.Remote(0), "EMAIL")).ShouldBe(
            names.Select(name => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{name}@example.com")))),
            ignoreOrder: true
        );
    }
}

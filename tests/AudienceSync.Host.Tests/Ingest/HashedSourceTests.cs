using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using AudienceSync.Host.Tests.Serving;

namespace AudienceSync.Host.Tests.Ingest;

/// <summary>Sources that hash before they send, and one that does not.</summary>
public sealed class HashedSourceTests : IAsyncLifetime
{
    private TestHost _host = null!;

    public async Task InitializeAsync() =>
        _host = await TestHost.StartAsync(
            IngestHost.Options with
            {
                Yaml = yaml =>
                    yaml.Replace(
                            "name: may_sign,",
                            "name: may_sign, hashed: { email: sha256, phone: sha256_digits },",
                            StringComparison.Ordinal
                        )
                        .Replace("name: unsigned,", "name: unsigned, hashed: { phone: sha256_e164 },", StringComparison.Ordinal),
            }
        );

    public async Task DisposeAsync() => await _host.DisposeAsync();

    [Theory]
    [InlineData("email", " Mary@Example.com", "mary@example.com")]
    [InlineData("phone", "+1 (555) 987-6543", "15559876543")]
    public async Task A_plain_address_and_its_digest_are_one_person(string field, string plain, string canonical)
    {
        var sent = await StreamAsync(await _host.PostAsync(Person(field, plain)));

        (await StreamAsync(await HashedAsync(field, Digest(canonical).ToUpperInvariant()))).ShouldBe(sent);
    }

    [Fact]
    public async Task A_digest_of_the_number_with_its_plus_is_a_separate_person()
    {
        var plain = await StreamAsync(await _host.PostAsync(Person("phone", "+15559876544")));
        var one = await StreamAsync(
            await _host.SendAsync(Webhook.Request(Person("phone", Digest("+15559876544")).ToJsonString(), TestHostFiles.UnsignedToken))
        );
        var again = await StreamAsync(
            await _host.SendAsync(Webhook.Request(Person("phone", Digest("+15559876544")).ToJsonString(), TestHostFiles.UnsignedToken))
        );

        one.ShouldNotBe(plain);
        again.ShouldBe(one);
    }

    [Fact]
    public async Task An_identifier_that_is_not_in_its_declared_form_names_no_person()
    {
        (await HashedAsync("email", "mary@example.com")).Code.ShouldBe("missing_person");
        (await HashedAsync("phone", "+15559876543")).Code.ShouldBe("missing_person");
        (await _host.PostAsync(Person("email", Digest("mary@example.com")))).Code.ShouldBe("missing_person");
    }

    [Fact]
    public async Task An_identifier_that_is_not_in_its_declared_form_is_ignored_when_another_is_usable() =>
        (
            await _host.SendAsync(
                Webhook.Request(
                    Sample.Of(new JsonObject { ["customer_id"] = "7", ["email"] = "mary@example.com" }).ToJsonString(),
                    TestHostFiles.MaySignToken
                )
            )
        ).Status.ShouldBe(200);

    private static JsonObject Person(string field, string value) => Sample.Of(new JsonObject { [field] = value });

    private static string Digest(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));

    private Task<Answer> HashedAsync(string field, string value) =>
        _host.SendAsync(Webhook.Request(Person(field, value).ToJsonString(), TestHostFiles.MaySignToken));

    private async Task<Guid> StreamAsync(Answer answer)
    {
        answer.Status.ShouldBe(200, answer.Text);
        return await _host.ScalarAsync<Guid>($"select stream_id from mt_events where id = '{answer.ReceiptId()}'");
    }
}

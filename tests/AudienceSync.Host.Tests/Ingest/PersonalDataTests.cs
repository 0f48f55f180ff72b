using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using AudienceSync.Host.Tests.Serving;

namespace AudienceSync.Host.Tests.Ingest;

/// <summary>Plants identifiers and secrets where they are allowed, and searches for them where they are not.</summary>
public sealed class PersonalDataTests
{
    private const string Email = "canary.person@example.com";
    private const string Phone = "12025550147";
    private const string CustomerId = "canary-customer-4711";

    private static readonly string[] Canaries =
    [
        Email,
        Phone,
        CustomerId,
        Digest(Email),
        Digest("second." + Email),
        Digest(Phone),
        TestHostFiles.SignedToken,
        TestHostFiles.SigningKey,
        TestHostFiles.OperatorToken,
        TestHostFiles.MasterKey,
        TestPlatform.Token,
    ];

    private readonly List<Answer> _answers = [];
    private readonly OffsetClock _clock = new(Sample.Now);

    [Fact]
    public async Task No_personal_data_and_no_secret_is_in_a_log_a_response_or_a_table()
    {
        await using var host = await TestHost.StartAsync(IngestHost.Options with { Clock = _clock });
        await SendGoodAsync(host);
        await SendBadAsync(host);
        await SendWhilePlatformFailsAsync(host);
        await QueryAsync(host);
        await FailAsync(host);

        host.LogLines.Count.ShouldBeGreaterThan(50, "otherwise nothing was captured");
        foreach (var canary in Canaries)
        {
            host.LogLines.Where(line => line.Contains(canary, StringComparison.OrdinalIgnoreCase)).ShouldBeEmpty();
            _answers.Where(answer => answer.Text.Contains(canary, StringComparison.OrdinalIgnoreCase)).ShouldBeEmpty();
        }

        (await DatabaseText.ReadAsync(host)).ShouldHoldNone(Canaries);
    }

    private async Task SendGoodAsync(TestHost host)
    {
        _answers.Add(await host.PostAsync(Canary()));
        var again = Canary();
        again["person"]!["email"] = "second." + Email;
        _answers.Add(await host.PostAsync(Sample.Array([again, Canary()])));
        _answers.ShouldAllBe(answer => answer.Status == 200);
        await host.WaitUntilQuietAsync();
        (await host.Sandbox.HeldAsync(TestHost.Remote(0), "PHONE")).ShouldBe([Digest(Phone)], "the platform does receive it");
    }

    private async Task SendBadAsync(TestHost host)
    {
        foreach (
            var (field, value) in new (string, JsonNode?)[]
            {
                ("event", Email),
                ("event", new JsonObject { [Email] = 1 }),
                ("audience_key", Email),
                ("audience_key", "canary_v1"),
                ("event_id", new JsonArray(Email)),
                ("schema_version", Phone),
                ("occurred_at", CustomerId),
                ("person", Email),
                ("consent", Email),
                ("context", Email),
                ("occurred_at", "2027-01-01T00:00:00Z"),
            }
        )
        {
            var sample = Canary();
            sample[field] = value;
            _answers.Add(await host.PostAsync(sample));
        }

        _answers.Add(await host.PostAsync("{\"" + Email));
        _answers.Add(await host.SendAsync(Webhook.Request(Canary().ToJsonString(), Email)));
        _answers.Add(
            await host.SendAsync(Webhook.Request(Canary().ToJsonString(), TestHostFiles.SignedToken).With("1", TestHostFiles.SigningKey))
        );
        _answers
            .Skip(2)
            .Count(answer => answer.Status == 200)
            .ShouldBe(2, "consent and context that cannot be read are left out, with warnings");
    }

    private async Task SendWhilePlatformFailsAsync(TestHost host)
    {
        foreach (var kind in new[] { "server_error", "html_error", "error_in_200", "drop_after", "invalid_rows" })
        {
            await host.Sandbox.FaultAsync(new { kind, count = 1 });
        }

        for (var i = 0; i < 5; i++)
        {
            var sample = Canary();
            sample["person"]!["customer_id"] = CustomerId + i;
            // With a later time than before, so that the address moves for certain and the platform has to be called.
            sample["occurred_at"] = Sample.Now.AddSeconds(i).ToString("O");
            _answers.Add(await host.PostAsync(sample));
        }

        await host.WaitUntilQuietAsync(meanwhile: () => _clock.Advance(TimeSpan.FromSeconds(30)));
        host.LogLines.Count(line => line.StartsWith("Warning AudienceSync", StringComparison.Ordinal))
            .ShouldBeGreaterThanOrEqualTo(5, "each failed call is logged");
    }

    private async Task QueryAsync(TestHost host)
    {
        foreach (
            var query in new object[]
            {
                new { email = Email },
                new { customer_id = CustomerId },
                new { phone = Phone },
                new { email = Email, phone = Phone },
                new { name = Email },
            }
        )
        {
            using var response = await host.Operator.PostAsJsonAsync("/v1/members/lookup", query);
            _answers.Add(await Answer.ReadAsync(response));
        }

        foreach (var path in new[] { "/v1/status", "/v1/quarantine", $"/v1/audiences/{Sample.Key}/members" })
        {
            using var response = await host.Operator.GetAsync(path);
            _answers.Add(await Answer.ReadAsync(response));
        }
    }

    private async Task FailAsync(TestHost host)
    {
        await using var outage = await Outage.StartAsync(host.Database);
        _answers.Add(await host.PostAsync(Canary()));
        using var response = await host.Operator.PostAsJsonAsync("/v1/members/lookup", new { email = Email });
        var answer = await Answer.ReadAsync(response);
        (answer.Status, answer.Code).ShouldBe((503, "storage_down"));
        _answers.Add(answer);
    }

    private static JsonObject Canary() =>
        Sample.Of(
            new JsonObject
            {
                ["customer_id"] = CustomerId,
                ["email"] = Email,
                ["phone"] = "+1 (202) 555-0147",
            }
        );

    private static string Digest(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
}

using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using AudienceSync.Bench.Load;

namespace AudienceSync.Bench.Tests;

public sealed class WebhookWriterTests
{
    private static readonly LoadPlan Plan = new("127.0.0.1:5400", "token", "signing key", "run", 1, 18, 1, 1, 7);

    [Fact]
    public void The_signature_follows_the_contract_over_the_body_that_is_sent()
    {
        using var writer = new WebhookWriter(Plan, 0, TimeProvider.System);
        for (int i = 0; i < 50; i++)
        {
            (Dictionary<string, string> headers, string body) = Parse(writer.Next());
            byte[] signed = Encoding.UTF8.GetBytes($"v0:{headers["X-CIO-Timestamp"]}:{body}");
            string expected = Convert.ToHexStringLower(HMACSHA256.HashData(Encoding.UTF8.GetBytes(Plan.SigningKey), signed));
            headers["X-CIO-Signature"].ShouldBe(expected);
            headers["Content-Length"].ShouldBe($"{body.Length}");
        }
    }

    [Fact]
    public void A_batch_has_one_event_a_line_and_is_signed_as_a_whole()
    {
        LoadPlan plan = Plan with { EventsPerRequest = 500, FirstPerson = 4_000_000 };
        using var writer = new WebhookWriter(plan, 0, TimeProvider.System);
        var ids = new HashSet<string>(StringComparer.Ordinal);
        for (int i = 0; i < 3; i++)
        {
            string request = Encoding.UTF8.GetString(writer.Next().Span);
            request.ShouldStartWith("POST /v1/webhooks/batch HTTP/1.1\r\n");
            (Dictionary<string, string> headers, string body) = Parse(Encoding.UTF8.GetBytes(request));
            int.Parse(headers["Content-Length"]).ShouldBe(body.Length);
            headers["Content-Type"].ShouldBe("application/x-ndjson");
            headers["X-CIO-Signature"]
                .ShouldBe(
                    Convert.ToHexStringLower(
                        HMACSHA256.HashData(
                            Encoding.UTF8.GetBytes(plan.SigningKey),
                            Encoding.UTF8.GetBytes($"v0:{headers["X-CIO-Timestamp"]}:{body}")
                        )
                    )
                );
            JsonElement[] events = [.. body.Split('\n').Select(line => JsonSerializer.Deserialize<JsonElement>(line))];
            events.Length.ShouldBe(500);
            events.ShouldAllBe(e => ids.Add(e.GetProperty("event_id").GetString()!));
            events.ShouldAllBe(e =>
                string.CompareOrdinal(e.GetProperty("person").GetProperty("customer_id").GetString(), "shop-04000000") >= 0
            );
        }
    }

    [Fact]
    public void Events_are_unique_with_seven_adds_to_three_removals_and_three_of_five_with_a_phone()
    {
        using var writer = new WebhookWriter(Plan, 0, TimeProvider.System);
        JsonElement[] events =
        [
            .. Enumerable.Range(0, 5_000).Select(_ => JsonSerializer.Deserialize<JsonElement>(Parse(writer.Next()).Body)),
        ];

        events.Select(e => e.GetProperty("event_id").GetString()).Distinct().Count().ShouldBe(events.Length);
        events.Count(e => e.GetProperty("event").GetString() == "audience_add").ShouldBeInRange(3_350, 3_650, $"seed {Plan.Seed}");
        events.Count(e => e.GetProperty("person").TryGetProperty("phone", out _)).ShouldBeInRange(2_850, 3_150, $"seed {Plan.Seed}");
        events.Select(e => e.GetProperty("audience_key").GetString()).Distinct().Count().ShouldBe(3);
        events.ShouldAllBe(e => e.GetProperty("occurred_at").GetDateTimeOffset() > DateTimeOffset.UnixEpoch);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(18)]
    [InlineData(100)]
    public void The_share_of_new_people_is_as_requested_and_two_connections_share_nobody(int newPeople)
    {
        LoadPlan plan = Plan with { NewPeople = newPeople, Connections = 2 };
        HashSet<string>[] people = [.. Enumerable.Range(0, 2).Select(connection => PeopleOf(plan, connection, webhooks: 5_000))];

        int expected = 50 * newPeople;
        people.ShouldAllBe(
            named => named.Count >= (expected * 9 / 10) && named.Count <= Math.Max(1, expected * 11 / 10),
            $"seed {Plan.Seed}"
        );
        people[0].Overlaps(people[1]).ShouldBeFalse();
    }

    private static HashSet<string> PeopleOf(LoadPlan plan, int connection, int webhooks)
    {
        using var writer = new WebhookWriter(plan, connection, TimeProvider.System);
        return
        [
            .. Enumerable
                .Range(0, webhooks)
                .Select(_ =>
                    JsonSerializer
                        .Deserialize<JsonElement>(Parse(writer.Next()).Body)
                        .GetProperty("person")
                        .GetProperty("customer_id")
                        .GetString()!
                ),
        ];
    }

    private static (Dictionary<string, string> Headers, string Body) Parse(ReadOnlyMemory<byte> request)
    {
        string[] parts = Encoding.UTF8.GetString(request.Span).Split("\r\n\r\n");
        Dictionary<string, string> headers = parts[0].Split("\r\n").Skip(1).Select(l => l.Split(": ")).ToDictionary(l => l[0], l => l[1]);
        return (headers, parts[1]);
    }
}

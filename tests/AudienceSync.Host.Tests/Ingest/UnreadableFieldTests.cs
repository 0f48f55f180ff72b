using System.Text;
using AudienceSync.Host.Tests.Serving;
using Xunit.Abstractions;

namespace AudienceSync.Host.Tests.Ingest;

/// <summary>
/// JSON that the strict reader refuses because of one field: twice, not UTF-8, too deep, with a name that is no text. A removal that does
/// not need the field takes effect; of a field that it needs, and of anything but a removal, it is refused.
/// </summary>
public sealed class UnreadableFieldTests(IngestHost given, ITestOutputHelper output) : IClassFixture<IngestHost>
{
    private const int Rounds = 600;

    private static readonly string[] Removals =
    [
        """ "event":"audience_remove","audience_key":"KEY" """,
        """ "event":"person_suppress" """,
        """ "event":"person_consent","consent":{"ad_user_data":"denied"} """,
        """ "event":"person_consent","consent":{"ad_personalization":"denied","ad_user_data":"granted","ad_user_data":"granted"} """,
    ];

    private static readonly string[] Unneeded =
    [
        "note",
        "context",
        "reason",
        "tags",
        "schema_version",
        "delivery_id",
        "email",
        "city",
        "x.y",
    ];

    private static readonly string[] InPerson = ["city", "country", "first_name", "device_id", "note", "postal_code"];

    private static readonly string[] Needed = ["event", "occurred_at", "person"];

    private static readonly string[] NeededInPerson = ["customer_id", "email", "phone", "id"];

    private static readonly string Deep = new string('[', 40) + "1" + new string(']', 40);

    [Fact]
    public async Task A_removal_takes_effect_when_a_field_it_does_not_need_is_there_twice_or_cannot_be_read()
    {
        var random = Seeded.Random(output);
        for (var round = 0; round < Rounds / 30; round++)
        {
            var events = Enumerable
                .Range(0, 30)
                .Select(_ =>
                    random.Next(2) == 0
                        ? Event(random, Unreadable(random, Any(random, Unneeded)), "", Any(random, Removals))
                        : Event(random, "", Unreadable(random, Any(random, InPerson)), Any(random, Removals))
                )
                .ToList();
            var answer = (round % 3) switch
            {
                0 => await SendAsync($"[{string.Join(',', events)}]"),
                1 => await given.Host.SendAsync(Batch.Request(Bytes(string.Join('\n', events)), Sample.Now)),
                _ => await SendAsync(events[0]),
            };
            answer.Status.ShouldBe(200, answer.Text);
            foreach (var receipt in round % 3 == 2 ? [answer.Json] : answer.Results)
            {
                receipt.GetProperty("status").GetString().ShouldBe("accepted");
                Sample.Warnings(receipt).ShouldContain(warning => warning == "malformed_json *" || warning == "invalid_text *");
            }
        }
    }

    [Fact]
    public async Task A_removal_with_a_needed_field_twice_is_refused_and_so_is_anything_else_with_a_field_that_cannot_be_read()
    {
        var random = Seeded.Random(output);
        var before = await given.Host.ScalarAsync<long>("select count(*) from mt_events");
        for (var round = 0; round < Rounds / 60; round++)
        {
            var events = Enumerable
                .Range(0, 60)
                .Select(_ =>
                    random.Next(4) switch
                    {
                        0 => Event(random, Twice(random, Any(random, Needed)), "", Any(random, Removals)),
                        1 => Event(random, "", Twice(random, Any(random, NeededInPerson)), Any(random, Removals)),
                        2 => Flat(random, Twice(random, Any(random, NeededInPerson[..3])), Any(random, Removals)),
                        _ => Event(
                            random,
                            Unreadable(random, Any(random, Unneeded)),
                            "",
                            Any(random, ["\"event\":\"audience_add\",\"audience_key\":\"KEY\"", "\"event\":\"person_unsuppress\""])
                        ),
                    }
                )
                .ToList();
            var answer = await SendAsync($"[{string.Join(',', events)}]");
            foreach (var (receipt, text) in answer.Results.Zip(events))
            {
                receipt.GetProperty("status").GetString().ShouldBe("refused", text);
                receipt.GetProperty("code").GetString().ShouldBeOneOf("malformed_json", "invalid_text");
            }
        }

        (await given.Host.ScalarAsync<long>("select count(*) from mt_events")).ShouldBe(before);
    }

    [Fact]
    public async Task A_removal_that_waits_for_its_key_waits_with_an_unreadable_field_and_a_report_with_one_is_kept()
    {
        var random = Seeded.Random(output);
        const string Unpublished = "\"event\":\"audience_remove\",\"audience_key\":\"nobody_published_v9\"";
        (await SendAsync(Event(random, "\"note\":1,\"note\":2", "", Unpublished))).Code.ShouldBe("unknown_audience_key");
        (await SendAsync(Event(random, "\"occurred_at\":1,\"occurred_at\":2", "", Unpublished))).Code.ShouldBe("malformed_json");
        var report =
            "{\"event_id\":\"r\",\"object_type\":\"email\",\"metric\":\"delivered\",\"note\":\"\u00e4\",\"data\":{\"a\":1,\"a\":2}}";
        var answer = await SendAsync(report);
        (answer.Status, answer.Code).ShouldBe((200, "reporting_webhook"));
    }

    // Each is a field that the strict reader refuses.
    internal static string[] UnreadableFields(Random random, string name) =>
        random.Next(5) switch
        {
            0 => [$"\"{name}\":1", $"\"{name}\":1"],
            1 => [$"\"{name}\":\"a\"", $"\"{name}\":[{{}}]", $"\"{name}\":null"],
            2 => [$"\"{name}\":1", $"\"\\u{(int)name[0]:x4}{name[1..]}\":2"],
            3 => [$"\"{name}\":\"caf\u00e9\""],
            _ => [$"\"{name}\":{Deep}"],
        };

    private static string Unreadable(Random random, string name) =>
        random.Next(6) switch
        {
            0 => $"\"{name}\\ud800\":1",
            1 => $"\"{name}\u00e9\":{{\"a\":1}}",
            _ => string.Join(',', UnreadableFields(random, name)),
        };

    private static string Twice(Random random, string name) =>
        string.Join(
            ',',
            UnreadableFields(new Random(random.Next()), name) is { Length: > 1 } twice ? twice : [$"\"{name}\":\"a\"", $"\"{name}\":\"a\""]
        );

    private static string Event(Random random, string field, string inPerson, string removal)
    {
        // What the removal needs is in it once beside the field, unless the field is one of these.
        var id = Sample.NewId();
        string[] fields =
        [
            removal.Trim().Replace("KEY", Sample.Key, StringComparison.Ordinal),
            $"\"event_id\":\"{id}\"",
            field.StartsWith("\"person\"", StringComparison.Ordinal)
                ? ""
                : $"\"person\":{{{Joined([$"\"customer_id\":\"{id}\"", inPerson], random)}}}",
            field.StartsWith("\"occurred_at\"", StringComparison.Ordinal) ? "" : "\"occurred_at\":\"2026-11-21T09:20:11Z\"",
            field,
        ];
        return "{" + Joined(fields, random) + "}";
    }

    private static string Flat(Random random, string identifier, string removal) =>
        "{"
        + Joined(
            [
                removal.Trim().Replace("KEY", Sample.Key, StringComparison.Ordinal),
                $"\"event_id\":\"{Sample.NewId()}\"",
                "\"phone\":\"+12025550147\"",
                identifier,
            ],
            random
        )
        + "}";

    private static string Joined(string[] fields, Random random)
    {
        random.Shuffle(fields);
        return string.Join(',', fields.Where(field => field.Length > 0));
    }

    private static T Any<T>(Random random, IReadOnlyList<T> all) => all[random.Next(all.Count)];

    private static byte[] Bytes(string latin) => Encoding.Latin1.GetBytes(latin);

    private Task<Answer> SendAsync(string latin) => given.Host.SendAsync(Webhook.Signed(Bytes(latin)));
}

using System.Text;
using System.Text.Json.Nodes;
using AudienceSync.Domain;
using AudienceSync.Host.Tests.Serving;
using Xunit.Abstractions;

namespace AudienceSync.Host.Tests.Ingest;

/// <summary>Input that the JSON reader cannot read is refused with a code, is kept, and corrupts nothing but itself.</summary>
public sealed class PoisonedBodyTests(IngestHost given, ITestOutputHelper output) : IClassFixture<IngestHost>
{
    private static int _marks;

    private static readonly byte[] ByteOrderMark = [0xEF, 0xBB, 0xBF];

    public static TheoryData<string, string> Poisons =>
        new()
        {
            { """{"\ud800":1}""", "invalid_text" },
            { """{"\udc00":1}""", "invalid_text" },
            { """{"a":{"b":[{"\ud800x":{}}]}}""", "invalid_text" },
            { """{"\ud800\ud800":1,"event":"audience_add"}""", "invalid_text" },
            { """{"event":"audience_add","event":"audience_remove"}""", "malformed_json" },
            { """{"event":"audience_add","\u0065vent":"audience_remove"}""", "malformed_json" },
            { """{"person":{"email":"a@example.com","email":"b@example.com"}}""", "malformed_json" },
            { "{\"x\":" + new string('[', 40) + new string(']', 40) + "}", "malformed_json" },
            { "{\"x\":" + string.Concat(Enumerable.Repeat("{\"y\":", 100)) + "1" + new string('}', 101), "malformed_json" },
        };

    [Theory]
    [MemberData(nameof(Poisons))]
    public async Task A_single_poisoned_body_is_refused_with_a_code_and_kept(string poison, string code)
    {
        var marked = poison + new string(' ', 1000 * Interlocked.Increment(ref _marks)); // Its length identifies it below.
        var answer = await given.Host.PostAsync(marked);
        (answer.Status, answer.Code).ShouldBe((422, code));
        (
            await given.Host.ScalarAsync<long>(
                $"select count(*) from quarantine where refused and reason = '{code}' and body_bytes = {marked.Length}"
            )
        ).ShouldBe(1);
    }

    [Theory]
    [MemberData(nameof(Poisons))]
    public async Task Among_499_good_events_only_the_poisoned_one_is_refused(string poison, string code)
    {
        var good = Enumerable.Range(0, Limits.EventsPerRequest - 1).Select(_ => Sample.Event().ToJsonString()).ToList();
        var place = Math.Abs(poison.Length * 37) % good.Count;
        var answer = await given.Host.PostAsync(
            "[ " + string.Join(" ,\n", good.Take(place).Append(poison).Concat(good.Skip(place))) + " ] "
        );
        answer.Status.ShouldBe(202, answer.Text);
        var results = answer.Results;
        results.Count.ShouldBe(Limits.EventsPerRequest);
        results[place].GetProperty("status").GetString().ShouldBe("refused");
        results[place].GetProperty("code").GetString().ShouldBe(code);
        results.Where((_, index) => index != place).ShouldAllBe(result => result.GetProperty("status").GetString() == "accepted");
        (
            await given.Host.ScalarAsync<bool>(
                $"select exists (select from quarantine where refused and reason = '{code}' and body_bytes "
                    + $"= {Encoding.UTF8.GetByteCount(poison)})"
            )
        ).ShouldBeTrue("only the poisoned event is kept");
    }

    /// <summary>With any corrupt field name at any place, alone or in an array, a removal takes effect.</summary>
    [Theory]
    [InlineData("audience_remove", "\\ud800")]
    [InlineData("audience_remove", "x\\udc00y")]
    [InlineData("person_suppress", "\\ud800\\ud800")]
    [InlineData("person_consent", "\\ud800")]
    [InlineData("person_consent", "x\\udc00y")]
    [InlineData("person_suppress", "\\udc00\\ud83d\\ude00\\ud83d")]
    public async Task A_removal_with_a_corrupt_field_name_takes_effect_with_a_warning(string name, string defect)
    {
        var places = new Func<string, string>[]
        {
            json => json[..^1] + $",\"{defect}\":1}}",
            json => json[..^1] + $",\"context\":{{\"{defect}\":{{\"{defect}\":[]}}}}}}",
            json => json.Replace("\"person\":{", $"\"person\":{{\"{defect}\":\"x\",", StringComparison.Ordinal),
        };
        foreach (var place in places)
        {
            var removal = place(Removal(name));
            var answer = await given.Host.PostAsync(removal);
            answer.Status.ShouldBe(200, answer.Text);
            answer.Text.ShouldContain("""{"code":"invalid_text","field":"*"}""");

            var add = place(Sample.Event().ToJsonString());
            var mixed = await given.Host.PostAsync($"[{place(Removal(name))},{add},{Sample.Event().ToJsonString()}]");
            mixed
                .Results.Select(result => result.GetProperty("status").GetString())
                .ShouldBe(["accepted", "refused", "accepted"], mixed.Text);
        }
    }

    private static string Removal(string name)
    {
        var removal = Sample.With("event", name);
        removal["consent"] = new JsonObject { ["ad_personalization"] = "denied" };
        return removal.ToJsonString();
    }

    [Fact]
    public async Task Bytes_that_are_not_utf8_corrupt_only_their_own_event()
    {
        byte[] bad = [.. "{\"note\":\""u8, 0xE4, .. "\"}"u8];
        byte[] body = [(byte)'[', .. Encoding.UTF8.GetBytes(Sample.Event().ToJsonString()), (byte)',', .. bad, (byte)']'];
        var answer = await given.Host.SendAsync(Webhook.Signed(body));
        answer.Results.Select(result => result.GetProperty("status").GetString()).ShouldBe(["accepted", "refused"]);
        (await given.Host.SendAsync(Webhook.Signed(bad))).Code.ShouldBe("malformed_json");
    }

    [Fact]
    public async Task An_array_of_too_many_events_is_refused_regardless_of_its_content()
    {
        var items = Enumerable.Repeat("""{"\ud800":1}""", Limits.EventsPerRequest + 1);
        (await given.Host.PostAsync("[" + string.Join(',', items) + "]")).Code.ShouldBe("too_many_events");
    }

    [Theory]
    [InlineData("""[{"\ud800":1}""")]
    [InlineData("""[{"\ud800":1}]]""")]
    [InlineData("""[{"\ud800":1},]""")]
    [InlineData("""[{"\ud800":1} {}]""")]
    public async Task A_body_that_is_not_json_is_refused_as_a_whole(string body) => (await given.Host.PostAsync(body)).Status.ShouldBe(422);

    [Fact]
    public async Task A_byte_order_mark_is_ignored_and_the_signature_covers_it()
    {
        var single = Sample.Event().ToJsonString();
        var plain = await given.Host.PostAsync(single);
        var marked = await given.Host.SendAsync(Webhook.Signed([.. ByteOrderMark, .. Encoding.UTF8.GetBytes(single)]));
        (marked.Status, marked.Text).ShouldBe((200, plain.Text));
        (await given.Host.SendAsync(Webhook.Signed([.. ByteOrderMark, .. Encoding.UTF8.GetBytes(Sample.Events(3))]))).Status.ShouldBe(200);
        (await given.Host.SendAsync(Webhook.Signed([.. ByteOrderMark, .. ByteOrderMark, .. Encoding.UTF8.GetBytes(single)]))).Code.ShouldBe(
            "malformed_json"
        );
        (
            await given.Host.SendAsync(Webhook.Signed(Encoding.Unicode.GetPreamble().Concat(Encoding.Unicode.GetBytes(single)).ToArray()))
        ).Code.ShouldBe("malformed_json");
    }

    [Fact]
    public async Task A_reporting_webhook_is_kept_and_answered_200_also_in_an_array()
    {
        var report = new JsonObject
        {
            ["event_id"] = Sample.NewId() + " of a report",
            ["object_type"] = "email",
            ["metric"] = "delivered",
            ["timestamp"] = 1613063089,
            ["data"] = new JsonObject
            {
                ["customer_id"] = "42",
                ["identifiers"] = new JsonObject { ["id"] = "42", ["email"] = "ann@example.com" },
            },
        };
        var answer = await given.Host.PostAsync(report);
        (answer.Status, answer.Code).ShouldBe((200, "reporting_webhook"));
        (
            await given.Host.ScalarAsync<bool>(
                $"select not refused from quarantine where id = '{answer.ReceiptId()}' and reason = 'reporting_webhook'"
            )
        ).ShouldBeTrue();
        (await given.Host.PostAsync(report)).Text.ShouldBe(answer.Text);

        var array = await given.Host.PostAsync(new JsonArray(Sample.Event(), report.DeepClone()).ToJsonString());
        array.Status.ShouldBe(200, array.Text);
        array.Results.Select(result => result.GetProperty("status").GetString()).ShouldBe(["accepted", "quarantined"]);
    }

    [Theory]
    [InlineData("event", "sent")]
    [InlineData("metric", null)]
    [InlineData("object_type", null)]
    [InlineData("event_id", null)]
    [InlineData("metric", 1)]
    public async Task A_body_that_only_resembles_a_reporting_webhook_is_handled_as_usual(string field, object? value)
    {
        var report = new JsonObject
        {
            ["event_id"] = Sample.NewId(),
            ["object_type"] = "email",
            ["metric"] = "delivered",
        };
        report.Remove(field);
        if (value is not null)
        {
            report[field] = JsonValue.Create(value);
        }

        var answer = await given.Host.PostAsync(report);
        answer.Code.ShouldNotBe("reporting_webhook");
        answer.Status.ShouldBe(field == "event" ? 202 : 422, answer.Text);
    }

    /// <summary>Arrays of good and poisoned events in any mixture: each is answered in its place, and never with a 5xx.</summary>
    [Fact]
    public async Task In_any_mixture_each_event_is_answered_separately()
    {
        var random = Seeded.Random(output);
        var poisons = Poisons.Select(row => ((string)row[0], (string)row[1])).ToList();
        for (var round = 0; round < 40; round++)
        {
            var expected = new List<string>();
            var items = new List<string>();
            for (var n = random.Next(1, 8); n > 0; n--)
            {
                var (text, code) = random.Next(2) == 0 ? (Sample.Event().ToJsonString(), "accepted") : poisons[random.Next(poisons.Count)];
                items.Add(new string(' ', random.Next(3)) + text);
                expected.Add(code);
            }

            var mark = random.Next(2) == 0 ? ByteOrderMark : [];
            var answer = await given.Host.SendAsync(
                Webhook.Signed([.. mark, .. Encoding.UTF8.GetBytes("[" + string.Join(",", items) + "]")])
            );
            answer.Status.ShouldBe(expected.TrueForAll(code => code == "accepted") ? 200 : 202, $"round {round}");
            answer
                .Results.Select(result => result.TryGetProperty("code", out var code) ? code.GetString() : "accepted")
                .ShouldBe(expected, $"round {round}");
        }
    }
}

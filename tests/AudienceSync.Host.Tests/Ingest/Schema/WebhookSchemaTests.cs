using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using AudienceSync.Host.Ingest.Quarantine;

namespace AudienceSync.Host.Tests.Ingest.Schema;

/// <summary>docs/schemas/webhook-v1.json against the reader of webhooks.</summary>
public sealed class WebhookSchemaTests : IDisposable
{
    private static readonly JsonSchema Schema = JsonSchema.Read("docs/schemas/webhook-v1.json");

    // Numbers that exist: the form alone does not show it.
    private static readonly string[] Phones = ["+12025550123", "+442079460958", "+4930901820", "+5511961234567", "+81312345678"];

    private static readonly string[] Events =
    [
        "audience_add",
        "audience_remove",
        "exposure",
        "person_consent",
        "person_suppress",
        "person_unsuppress",
    ];

    private readonly ReaderStage _reader = new();

    public void Dispose() => _reader.Dispose();

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void What_the_schema_accepts_the_reader_accepts(int seed)
    {
        var random = new Random(seed);
        var kinds = new HashSet<string>(StringComparer.Ordinal);
        for (var n = 0; n < 2_000; n++)
        {
            var json = Generate(random).ToJsonString();
            Schema.Accepts(json).ShouldBeTrue($"seed {seed}: {json}");
            var parsed = _reader.Read(json);
            parsed.Problem.ShouldBeNull($"seed {seed}: {json}");
            (parsed.Quarantine ?? QuarantineReason.OccurredInFuture).ShouldBe(QuarantineReason.OccurredInFuture, $"seed {seed}: {json}");
            kinds.Add(parsed.Event?.Type ?? "held");
        }

        kinds.Count.ShouldBe(7);
    }

    /// <summary>Of an add. A part is replaced, or removed by null.</summary>
    [Theory]
    [InlineData("event", null)]
    [InlineData("event", "\"\"")]
    [InlineData("event", "7")]
    [InlineData("audience_key", null)]
    [InlineData("audience_key", "\"high_intent_cart_7d\"")]
    [InlineData("audience_key", "\"High_v1\"")]
    [InlineData("audience_key", "\"a_v01\"")]
    [InlineData("occurred_at", "\"yesterday\"")]
    [InlineData("occurred_at", "\"2026-11-20\"")]
    [InlineData("occurred_at", "\"1999-11-20T10:00:00Z\"")]
    [InlineData("occurred_at", "20261120")]
    [InlineData("occurred_at", "true")]
    [InlineData("event_id", "{}")]
    [InlineData("person", null)]
    [InlineData("person", "{}")]
    [InlineData("person", "\"ann\"")]
    [InlineData("person", "{\"email\":\"not an address\"}")]
    [InlineData("person", "{\"email\":\"ann@example\"}")]
    [InlineData("person", "{\"phone\":\"12\"}")]
    [InlineData("person", "{\"customer_id\":\" \"}")]
    [InlineData("person", "{\"first_name\":\"Ann\"}")]
    [InlineData("schema_version", "0")]
    [InlineData("schema_version", "\"one\"")]
    public void What_both_refuse(string field, string? value)
    {
        var sample = Add();
        sample.Remove(field);
        if (value is not null)
        {
            sample[field] = JsonNode.Parse(value);
        }

        RefusedByBoth(sample);
    }

    [Fact]
    public void Both_refuse_long_texts_missing_ids_and_what_schema_2_adds()
    {
        RefusedByBoth(With(Add(), "event_id", new string('x', 201)));
        RefusedByBoth(With(Add(), "audience_key", new string('a', 98) + "_v1"));
        RefusedByBoth(With(Add(), "person", new JsonObject { ["customer_id"] = new string('x', 201) }));
        var bare = Add();
        bare.Remove("event_id");
        bare.Remove("occurred_at");
        RefusedByBoth(bare);
        foreach (var missing in new[] { "event_id", "occurred_at" })
        {
            var strict = With(Add(), "schema_version", 2);
            strict.Remove(missing);
            RefusedByBoth(strict);
        }

        RefusedByBoth(With(With(Add(), "schema_version", 2), "extra", 1));
        RefusedByBoth(With(With(Add(), "schema_version", 2), "person", new JsonObject { ["customer_id"] = 7 }));
        var consent = With(Add(), "event", "person_consent");
        consent.Remove("audience_key");
        RefusedByBoth(consent);
        RefusedByBoth(With(consent, "consent", new JsonObject { ["ad_user_data"] = "maybe" }));
    }

    /// <summary>What a removal is applied with, and an add is refused for.</summary>
    [Theory]
    [InlineData("occurred_at", "\"yesterday\"")]
    [InlineData("event_id", "{}")]
    [InlineData("schema_version", "0")]
    [InlineData("schema_version", "9")]
    [InlineData("context", "7")]
    public void A_removal_is_read_where_the_schema_refuses_it(string field, string value)
    {
        var removal = With(With(Add(), "event", "audience_remove"), field, JsonNode.Parse(value));
        Schema.Accepts(removal.ToJsonString()).ShouldBeFalse();
        _reader.Read(removal.ToJsonString()).Event.ShouldNotBeNull().Warnings.ShouldNotBeNull().ShouldNotBeEmpty();
    }

    [Fact]
    public void The_templates_of_the_page_are_read_when_they_are_filled_in()
    {
        var page = File.ReadAllText(Path.Combine(RepositoryRoot.Find(), "docs/inbound.md"));
        var templates = Regex
            .Matches(page, "```json\n(?<body>.*?)```", RegexOptions.Singleline | RegexOptions.ExplicitCapture, TimeSpan.FromSeconds(1))
            .Select(match => match.Groups["body"].Value)
            .ToList();
        templates.Count.ShouldBe(2);
        foreach (var template in templates)
        {
            var filled = Regex.Replace(
                template,
                @"\{\{(?<name>[a-z._]+)\}\}",
                match => Liquid(match.Groups["name"].Value),
                RegexOptions.ExplicitCapture,
                TimeSpan.FromSeconds(1)
            );
            filled.ShouldNotContain("{{");
            var parsed = _reader.Read(filled);
            parsed.Event.ShouldNotBeNull($"{parsed.Problem} {parsed.Quarantine}: {filled}").Warnings.ShouldBeNull();
            parsed.Event!.Identifiers.CustomerId.ShouldBe("cust-7");
        }
    }

    [Fact]
    public void Every_field_of_the_schema_is_on_the_page()
    {
        var page = File.ReadAllText(Path.Combine(RepositoryRoot.Find(), "docs/inbound.md"));
        var schema = JsonSerializer.Deserialize<JsonElement>(
            File.ReadAllText(Path.Combine(RepositoryRoot.Find(), "docs/schemas/webhook-v1.json"))
        );
        var person = schema.GetProperty("$defs").GetProperty("person").GetProperty("properties");
        foreach (var field in schema.GetProperty("properties").EnumerateObject().Concat(person.EnumerateObject()))
        {
            page.ShouldContain($"`{field.Name}`");
        }
    }

    private static string Liquid(string name) =>
        name switch
        {
            "customer.id" => "cust-7",
            "customer.email" => "ann@example.com",
            "customer.phone" => "",
            "customer.consent_ads" => "true",
            "delivery_id" => "RPILAgABcRhIBqCp",
            _ => "17",
        };

    private void RefusedByBoth(JsonObject sample)
    {
        var json = sample.ToJsonString();
        Schema.Accepts(json).ShouldBeFalse(json);
        _reader.Read(json).Problem.ShouldNotBeNull(json);
    }

    private static JsonObject Add() =>
        new()
        {
            ["event"] = "audience_add",
            ["event_id"] = "e-1",
            ["audience_key"] = Sample.Key,
            ["occurred_at"] = "2026-11-20T10:00:00Z",
            ["person"] = new JsonObject { ["customer_id"] = "cust-7" },
        };

    private static JsonObject With(JsonObject sample, string field, JsonNode? value)
    {
        var changed = sample.DeepClone().AsObject();
        changed[field] = value;
        return changed;
    }

    private static JsonObject Generate(Random random)
    {
        var kind = Events[random.Next(Events.Length)];
        var (hasId, hasTime) = random.Next(3) switch
        {
            0 => (true, false),
            1 => (false, true),
            _ => (true, true),
        };
        var version = random.Next(3);
        (hasId, hasTime) = version == 2 ? (true, true) : (hasId, hasTime);
        var item = new JsonObject { ["event"] = kind, ["person"] = Person(random) };
        Maybe(version > 0, "schema_version", () => version);
        Maybe(hasId, random.Next(2) == 0 ? "event_id" : "delivery_id", () => Text(random, "abcXYZ019-_./:#", 1, 200));
        Maybe(hasTime, "occurred_at", () => Time(random));
        Maybe(kind is "audience_add" or "audience_remove" or "exposure", "audience_key", () => Sample.Key);
        Maybe(kind == "person_consent" || random.Next(3) == 0, "consent", () => Consent(random));
        Maybe(random.Next(3) == 0, "context", () => new JsonObject { ["journey"] = Text(random, "aé 😀\"\\", 0, 60) });
        Maybe(kind.Contains("suppress", StringComparison.Ordinal) && random.Next(2) == 0, "destination", () => "meta_main");
        Maybe(kind.Contains("suppress", StringComparison.Ordinal) && random.Next(2) == 0, "reason", () => Text(random, "ab c", 0, 200));
        return item;

        void Maybe(bool isThere, string field, Func<JsonNode> value)
        {
            if (isThere)
            {
                item[field] = value();
            }
        }
    }

    private static JsonObject Person(Random random)
    {
        var which = random.Next(1, 8);
        var person = new JsonObject();
        if ((which & 1) != 0)
        {
            person["customer_id"] = "c" + Text(random, "abcXYZ019-_./:@+", 1, 199);
        }

        if ((which & 2) != 0)
        {
            person["email"] =
                $"u{Text(random, "abcXYZ019", 1, 20)}.{Text(random, "xyz", 1, 5)}+{random.Next(99)}"
                + $"@{Text(random, "abc09", 1, 20)}x.{Text(random, "abcd", 3, 10)}.com";
        }

        if ((which & 4) != 0)
        {
            person["phone"] = Phones[random.Next(Phones.Length)];
        }

        if (random.Next(3) == 0)
        {
            person["first_name"] = Text(random, "Annéß ", 0, 30);
            person["country"] = "US";
            person["birth_date"] = "1990-02-15";
        }

        return person;
    }

    private static JsonNode Time(Random random)
    {
        var at = Sample.Now.AddSeconds(-random.Next(300_000_000)).AddDays(random.Next(10) == 0 ? 4_000 : 0);
        return random.Next(3) switch
        {
            0 => at.ToUnixTimeSeconds(),
            1 => string.Create(CultureInfo.InvariantCulture, $"{Early(at):yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'}"),
            _ => string.Create(CultureInfo.InvariantCulture, $"{Early(at):yyyy-MM-dd'T'HH:mm}+05:30"),
        };
    }

    // The pattern has no day after the 28th, which not every month has.
    private static DateTimeOffset Early(DateTimeOffset at) => at.Day > 28 ? at.AddDays(-3) : at;

    private static JsonObject Consent(Random random)
    {
        JsonNode Answer() =>
            random.Next(4) switch
            {
                0 => "granted",
                1 => "denied",
                2 => true,
                _ => false,
            };
        var consent = new JsonObject { ["ad_user_data"] = Answer() };
        if (random.Next(2) == 0)
        {
            consent["ad_personalization"] = Answer();
        }

        return consent;
    }

    private static string Text(Random random, string letters, int least, int most)
    {
        var runes = letters.EnumerateRunes().ToList();
        var text = string.Concat(Enumerable.Range(0, random.Next(least, most + 1)).Select(_ => runes[random.Next(runes.Count)].ToString()));
        return text.Length <= most ? text : text[..(most - 1)].TrimEnd('\uD83D');
    }
}

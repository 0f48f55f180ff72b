using System.Text.Json.Nodes;
using AudienceSync.Host.Ingest.Reading;

namespace AudienceSync.Host.Tests.Ingest;

/// <summary>
/// Generated events with junk in any number of fields at once: a removal always remains a removal, an add only if the fields it needs can
/// be read.
/// </summary>
public sealed class LenientReadingTests(Xunit.Abstractions.ITestOutputHelper output)
{
    private const int Rounds = 5_000;

    private static readonly string[] OptionalFields =
    [
        "context",
        "consent",
        "note",
        "person.first_name",
        "person.last_name",
        "person.city",
        "person.state",
        "person.postal_code",
        "person.gender",
        "person.birth_date",
        "person.device_id",
        "person.phone",
        "person.email",
        "reason",
    ];

    private static readonly string[] OfAdds = ["schema_version", "event_id", "occurred_at"];

    [Fact]
    public void A_removal_with_junk_in_any_of_its_fields_is_a_removal()
    {
        var random = Seeded.Random(output);
        using var stage = new ReaderStage();
        for (var round = 0; round < Rounds; round++)
        {
            var name = new[] { "audience_remove", "person_suppress", "person_consent" }[random.Next(3)];
            var fields = OptionalFields.Concat(OfAdds).Append("destination").Where(field => name != "person_consent" || field != "consent");
            var json = Defect(random, name, [.. fields.Where(_ => random.Next(3) == 0)]);
            var parsed = stage.Read(json);
            parsed.Event.ShouldNotBeNull($"{parsed.Problem?.Code} {parsed.Quarantine?.Code}: {json}");
            (parsed.Event.OccurredAt <= ReaderStage.Now.AddMinutes(5)).ShouldBeTrue(json);
            (parsed.Event.Warnings ?? []).ShouldAllBe(warning => WarningCodes.All.Contains(warning.Code));
        }
    }

    [Fact]
    public void An_add_with_junk_in_optional_fields_is_an_add_with_empty_cells()
    {
        var random = Seeded.Random(output);
        using var stage = new ReaderStage();
        for (var round = 0; round < Rounds; round++)
        {
            var json = Defect(random, "audience_add", [.. OptionalFields.Where(_ => random.Next(3) == 0)]);
            var parsed = stage.Read(json);
            parsed.Event.ShouldNotBeNull($"{parsed.Problem?.Code} {parsed.Quarantine?.Code}: {json}");
        }
    }

    [Fact]
    public void The_reader_returns_a_result_for_any_input_and_never_fails()
    {
        var random = Seeded.Random(output);
        using var stage = new ReaderStage();
        string[] needed = ["event", "audience_key", "person", "person.customer_id", "person.id"];
        string[] names =
        [
            "audience_add",
            "audience_remove",
            "exposure",
            "person_suppress",
            "person_unsuppress",
            "person_consent",
            "audience_pause",
        ];
        for (var round = 0; round < Rounds; round++)
        {
            string[] fields =
            [
                .. OptionalFields.Concat(OfAdds).Concat(needed).Where(_ => random.Next(3) == 0).OrderBy(field => field.Length),
            ];
            var json = Defect(random, names[random.Next(names.Length)], fields);
            var parsed = stage.Read(json);
            new object?[] { parsed.Event, parsed.Quarantine, parsed.Problem }
                .Count(one => one is not null)
                .ShouldBe(1, json);
        }
    }

    private static string Defect(Random random, string name, string[] fields)
    {
        var sample = Sample.With("event", name);
        sample["person"]!["email"] = "ann@example.com";
        sample["consent"] = new JsonObject { ["ad_user_data"] = name == "person_consent" ? "denied" : "granted" };
        for (var i = 0; i < fields.Length; i++)
        {
            var path = fields[i].Split('.');
            if (path.Length == 1 || sample["person"] is JsonObject)
            {
                (path.Length == 1 ? sample : sample["person"]!.AsObject())[path[^1]] = $"@@{i}@@";
            }
        }

        var json = sample.ToJsonString();
        for (var i = 0; i < fields.Length; i++)
        {
            json = json.Replace($"\"@@{i}@@\"", Junk.Values[random.Next(Junk.Values.Length)], StringComparison.Ordinal);
        }

        return json;
    }
}

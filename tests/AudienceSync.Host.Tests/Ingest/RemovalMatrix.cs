using System.Globalization;
using System.Text.Json.Nodes;

namespace AudienceSync.Host.Tests.Ingest;

/// <summary>One case of the matrix: an event that removes a person, with junk in one field.</summary>
/// <param name="Number">Identifies the person.</param>
/// <param name="Form">The event and how it is written.</param>
/// <param name="Field">The field with junk.</param>
/// <param name="Value">The junk, as JSON.</param>
internal sealed record RemovalCase(int Number, string Form, string Field, string Value)
{
    /// <summary>The event that removes the person.</summary>
    public string Json => Junk.Put(RemovalMatrix.Removal(this).ToJsonString(), Value);

    /// <summary>The membership states that show that it took effect.</summary>
    public short[] Effects => RemovalMatrix.Effects(Form);

    /// <summary>Whether it is sent to the route for batches.</summary>
    public bool IsBatch => Form.EndsWith("batch", StringComparison.Ordinal);

    public override string ToString() => $"{Form}: {Field} = {(Value.Length > 40 ? Value[..40] + "..." : Value)}";
}

/// <summary>
/// Every event that removes or suppresses a person, in every form, with every optional field, and every junk value in it.
/// </summary>
internal static class RemovalMatrix
{
    private static readonly string[] Forms =
    [
        "audience_remove",
        "audience_remove flat",
        "audience_remove schema 2",
        "person_suppress",
        "person_suppress flat",
        "person_suppress schema 2",
        "person_consent",
        "person_consent flat",
        "person_consent schema 2",
        "person_consent personalization",
        "audience_remove batch",
        "person_suppress batch",
        "person_consent batch",
        "person_consent personalization batch",
    ];

    private static readonly string[] Identifiers = ["customer_id", "email", "phone"];

    private static readonly string[] Details =
    [
        "first_name",
        "last_name",
        "city",
        "state",
        "postal_code",
        "country",
        "gender",
        "birth_date",
        "device_id",
    ];

    private static readonly string[] Fields =
    [
        "schema_version",
        "event_id",
        "delivery_id",
        "occurred_at",
        "context",
        "context.journey",
        "context.step",
        "context.variant",
        "context.message",
        "reason",
        "destination",
        "note",
    ];

    public static IReadOnlyList<RemovalCase> Cases()
    {
        var cases = new List<RemovalCase>();
        foreach (var form in Forms)
        {
            var isFlat = form.EndsWith("flat", StringComparison.Ordinal);
            foreach (var field in Optional(form, isFlat))
            {
                // Any text is a customer id, and would make it the removal of another person.
                var values =
                    field.EndsWith("customer_id", StringComparison.Ordinal) || field == "person.id" ? Junk.Unreadable : Junk.Values;
                cases.AddRange(values.Select(value => new RemovalCase(0, form, field, value)));
            }
        }

        return [.. cases.Select((one, number) => one with { Number = number })];
    }

    /// <summary>Every field that an event does not need.</summary>
    /// <param name="form">The event and how it is written.</param>
    /// <param name="isFlat">Whether the person is beside the other fields.</param>
    public static IEnumerable<string> Optional(string form, bool isFlat)
    {
        // A withdrawal needs only the answer by which it withdraws.
        string[] consent =
            form.StartsWith("person_consent personalization", StringComparison.Ordinal) ? ["consent.ad_user_data"]
            : form.StartsWith("person_consent", StringComparison.Ordinal) ? ["consent.ad_personalization"]
            : ["consent", "consent.ad_user_data", "consent.ad_personalization"];
        var person = Identifiers.Concat(Details).Append(isFlat ? "nothing" : "id").Select(field => isFlat ? field : "person." + field);
        return Fields.Concat(person).Concat(consent).Append("person");
    }

    /// <summary>The membership states that show that an event took effect.</summary>
    public static short[] Effects(string form) =>
        form.StartsWith("audience_remove", StringComparison.Ordinal) ? [2]
        : form.StartsWith("person_suppress", StringComparison.Ordinal) ? [4]
        : [4, 6];

    /// <summary>Adds the person, two hours before.</summary>
    public static JsonObject Add(RemovalCase one) =>
        new()
        {
            ["event"] = "audience_add",
            ["event_id"] = "add " + one.Number.ToString(CultureInfo.InvariantCulture),
            ["audience_key"] = Sample.Key,
            ["occurred_at"] = Sample.Now.AddHours(-2).ToString("O"),
            ["person"] = Person(one.Number),
            ["consent"] = new JsonObject { ["ad_user_data"] = "granted", ["ad_personalization"] = "granted" },
        };

    /// <summary>Removes the person, one hour before, by an event that is valid except for the mark.</summary>
    public static JsonObject Removal(RemovalCase one)
    {
        var name = one.Form.Split(' ')[0];
        var isPersonalization = one.Form.StartsWith("person_consent personalization", StringComparison.Ordinal);
        var removal = new JsonObject
        {
            ["event"] = name,
            ["event_id"] = "remove " + one.Number.ToString(CultureInfo.InvariantCulture),
            ["schema_version"] = one.Form.EndsWith("schema 2", StringComparison.Ordinal) ? 2 : 1,
            ["occurred_at"] = Sample.Now.AddHours(-1).ToString("O"),
            ["context"] = new JsonObject
            {
                ["journey"] = "j",
                ["step"] = "s",
                ["variant"] = "v",
                ["message"] = "m",
            },
            ["consent"] = new JsonObject
            {
                ["ad_user_data"] = name == "person_consent" && !isPersonalization ? "denied" : "granted",
                ["ad_personalization"] = isPersonalization ? "denied" : "granted",
            },
        };
        if (name == "audience_remove")
        {
            removal["audience_key"] = Sample.Key;
        }

        if (one.Form.EndsWith("flat", StringComparison.Ordinal) || one.Field == "person")
        {
            foreach (var (field, value) in Person(one.Number))
            {
                removal[field] = value!.DeepClone();
            }
        }
        else
        {
            removal["person"] = Person(one.Number);
        }

        var place = removal;
        var path = one.Field.Split('.');
        foreach (var step in path[..^1])
        {
            place = place[step]!.AsObject();
        }

        place[path[^1]] = Junk.Mark;
        return removal;
    }

    public static JsonObject Person(int number) =>
        new()
        {
            ["customer_id"] = string.Create(CultureInfo.InvariantCulture, $"m-{number}"),
            ["email"] = string.Create(CultureInfo.InvariantCulture, $"m-{number}@example.com"),
            ["phone"] = string.Create(CultureInfo.InvariantCulture, $"+1202{2_000_000 + number}"),
            ["first_name"] = "Ann",
            ["city"] = "Boston",
        };
}

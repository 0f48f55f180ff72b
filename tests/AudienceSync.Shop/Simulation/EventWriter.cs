using System.Text.Json.Nodes;

namespace AudienceSync.Shop.Simulation;

/// <summary>The content of an event, before a template determines its form.</summary>
internal sealed record EventFacts(
    EventKind Kind,
    string AudienceKey,
    string Journey,
    string Step,
    DateTimeOffset At,
    TimeForm TimeForm,
    Customer Customer,
    Identifiers Identifiers,
    Flaw Flaw,
    string? EventId
);

/// <summary>
/// Writes an event in one of the many template forms that marketers use: person nested or flat, with or without prefix and consent.
/// </summary>
internal sealed class EventWriter(Random random)
{
    /// <returns>The event, and whether it has a placeholder where its id should be.</returns>
    public (string Json, bool HasPlaceholder) Write(EventFacts facts)
    {
        var body = new JsonObject
        {
            ["schema_version"] = facts.Flaw == Flaw.NewerSchema ? 99 : 1,
            ["event"] = (random.Next(4) == 0 ? "cio." : string.Empty) + Name(facts.Kind),
            ["audience_key"] = facts.AudienceKey,
            ["occurred_at"] = facts.TimeForm.Write(facts.At),
            ["context"] = Context(facts),
        };
        if (facts.EventId is not null)
        {
            body["event_id"] = facts.EventId;
        }

        if (random.Next(2) == 0)
        {
            body["consent"] = new JsonObject { ["ad_user_data"] = "granted", ["ad_personalization"] = "granted" };
        }

        var hasPlaceholder = facts.Flaw != Flaw.MissingPerson && WritePerson(body, facts);
        var json = body.ToJsonString();
        return (facts.Flaw == Flaw.MalformedJson ? json[..^1] : json, hasPlaceholder);
    }

    private static string Name(EventKind kind) =>
        kind switch
        {
            EventKind.Add => "audience_add",
            EventKind.Remove => "audience_remove",
            _ => "exposure",
        };

    private JsonObject Context(EventFacts facts) =>
        new()
        {
            ["journey"] = facts.Journey,
            ["step"] = facts.Step,
            ["variant"] = random.Next(2) == 0 ? "a" : "b",
            ["message"] = $"m{random.Next(1, 9)}",
        };

    private bool WritePerson(JsonObject body, EventFacts facts)
    {
        var nested = random.Next(4) != 0;
        var person = nested ? new JsonObject() : body;
        var customer = facts.Customer;
        var hasPlaceholder = false;
        if (facts.Identifiers.HasFlag(Identifiers.CustomerId))
        {
            person[nested && random.Next(3) == 0 ? "id" : "customer_id"] = customer.CustomerId;
        }
        else if (facts.Flaw == Flaw.None && random.Next(3) == 0)
        {
            hasPlaceholder = true;
            person["customer_id"] = MessyForms.Placeholders[random.Next(MessyForms.Placeholders.Count)];
        }

        if (facts.Identifiers.HasFlag(Identifiers.Email))
        {
            person["email"] = MessyForms.Email(random, customer.Email!);
        }

        if (facts.Identifiers.HasFlag(Identifiers.Phone))
        {
            var phone = MessyForms.Phone(random, customer.PhoneDigits!, customer.PhoneCountry!);
            person["phone"] = facts.Flaw == Flaw.None ? MessyForms.Extension(random, phone) : phone;
        }

        if (nested)
        {
            body["person"] = person;
        }

        return hasPlaceholder;
    }
}

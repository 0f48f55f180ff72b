using System.Text.Json;
using AudienceSync.Domain;
using AudienceSync.Domain.Audiences;
using AudienceSync.Domain.Identity;
using AudienceSync.Host.Audiences;
using AudienceSync.Host.Ingest.Append;
using AudienceSync.Host.Ingest.Reading;
using AudienceSync.Host.Privacy;

namespace AudienceSync.Host.Ingest;

/// <summary>An identifier as it was read.</summary>
/// <param name="Field">customer_id, email or phone.</param>
/// <param name="Shown">Masked; of a digest the first four digits.</param>
/// <param name="Usable">Whether it identifies the person.</param>
/// <param name="Code">Why it does not; null when it does.</param>
public sealed record TestedIdentifier(string Field, string Shown, bool Usable, string? Code);

/// <summary>What would happen to one event.</summary>
/// <param name="Status">accepted, quarantined or refused.</param>
/// <param name="Code">Why it would not be accepted.</param>
/// <param name="Detail">The same as text.</param>
/// <param name="Event">Its type in the log; null for one that is not known.</param>
/// <param name="EventId">Its receipt; null when it has none before it is stored.</param>
/// <param name="AudienceKey">The key that it names, when it has the form of one.</param>
/// <param name="OccurredAt">The time that the sender wrote, when it can be read.</param>
/// <param name="EffectiveAt">The time that counts; null when it would not be accepted.</param>
/// <param name="Identifiers">Of its person.</param>
/// <param name="Warnings">Fields that would be left out.</param>
public sealed record TestedEvent(
    string Status,
    string? Code,
    string? Detail,
    string? Event,
    Guid? EventId,
    string? AudienceKey,
    DateTimeOffset? OccurredAt,
    DateTimeOffset? EffectiveAt,
    IReadOnlyList<TestedIdentifier> Identifiers,
    IReadOnlyList<EventWarning> Warnings
);

/// <summary>
/// Reads a body as that of a source, by the reader of its webhooks, and stores nothing. So it does not know what only the log knows:
/// whether an event is a duplicate, whether its person is erased, or has too many addresses.
/// </summary>
internal sealed class SourceTest(Source source, EventReader reader, AliasDigester digester, AudienceKeys keys)
{
    private readonly BodyReader _reader = new(source, reader);

    /// <summary>Reads the events of a body. A problem concerns the body as a whole.</summary>
    /// <param name="body">The body, as it would be sent.</param>
    /// <param name="format">How its events are arranged.</param>
    /// <param name="senderKey">The ids in the headers.</param>
    /// <param name="receivedAt">The time at which it would be received.</param>
    public (IReadOnlyList<TestedEvent> Events, IngestProblem? Problem) Run(
        RequestBody body,
        BodyFormat format,
        SenderKey senderKey,
        DateTimeOffset receivedAt
    )
    {
        using var parsed = ParsedBody.Parse(body, format);
        if (parsed.Problem is { } problem)
        {
            return ([], problem);
        }

        var events = _reader.Read(parsed, body, senderKey, receivedAt);
        var tested = new List<TestedEvent>(events.Length);
        for (var i = 0; i < events.Length; i++)
        {
            tested.Add(Of(events[i], ItemOf(parsed, i)));
        }

        return (tested, null);
    }

    /// <summary>An add of an invented person to the first published key.</summary>
    public byte[] Sample(DateTimeOffset now)
    {
        var key = keys.All.Where(one => !one.Retired).Select(one => one.Key.Value).Order(StringComparer.Ordinal).FirstOrDefault();
        return JsonSerializer.SerializeToUtf8Bytes(
            new
            {
                @event = "audience_add",
                event_id = "sample-1",
                audience_key = key ?? "high_intent_cart_7d_v1",
                occurred_at = now,
                person = new
                {
                    customer_id = "cust-42",
                    email = "ann@example.com",
                    phone = "+12025550123",
                },
                consent = new { ad_user_data = "granted", ad_personalization = "granted" },
            }
        );
    }

    private static JsonElement? ItemOf(in ParsedBody parsed, int index) =>
        parsed.Items is { } items ? items[index].Document?.RootElement
        : parsed.IsSingle ? parsed.Root
        : parsed.Root[index];

    private TestedEvent Of(in ParsedEvent parsed, JsonElement? item)
    {
        var warnings = default(WarningList);
        var (identifiers, type, key, occurredAt) = item is { ValueKind: JsonValueKind.Object } fields
            ? Read(fields, ref warnings)
            : ([], null, null, null);
        var (status, code, detail) = parsed switch
        {
            { Problem: { } problem } => (Receipt.Refused, problem.Code, problem.Detail),
            { Quarantine: { } reason } => (Receipt.Quarantined, reason.Code, reason.Detail),
            _ => (Receipt.Accepted, (string?)null, (string?)null),
        };
        return new TestedEvent(
            status,
            code,
            detail,
            parsed.Event?.Type ?? type,
            parsed.Id?.Value,
            key,
            occurredAt,
            parsed.Event?.OccurredAt,
            identifiers,
            parsed.Event is { } pending ? pending.Warnings ?? [] : warnings.ToArray() ?? []
        );
    }

    private (List<TestedIdentifier> Identifiers, string? Type, string? Key, DateTimeOffset? At) Read(
        JsonElement item,
        ref WarningList warnings
    )
    {
        try
        {
            var type = EventReader.TypeIn(item);
            _ = PersonFields.TryRead(item, source, digester, EventReader.IsRemoval(item, type), ref warnings, out var person);
            var wrong = TextField.TryRead(item, "audience_key"u8, Limits.AudienceKeyChars, IngestProblem.InvalidAudienceKey, out var key);
            DateTimeOffset? occurredAt =
                item.TryGetProperty("occurred_at"u8, out var value) && OccurredAt.TryRead(value, out var at) ? at : null;
            return (
                person.Identifiers is { } identifiers ? Identifiers(identifiers) : [],
                type,
                wrong is null && AudienceKey.TryParse(key, out _) ? key : null,
                occurredAt
            );
        }
        catch (InvalidOperationException)
        {
            // Half of a surrogate pair in the name of a property, for which the event is refused, too.
            return ([], null, null, null);
        }
    }

    private static List<TestedIdentifier> Identifiers(PersonIdentifiers person)
    {
        var found = new List<TestedIdentifier>();
        if (person.CustomerId is { } customerId)
        {
            found.Add(new TestedIdentifier("customer_id", MaskedText.Other(customerId), Usable: true, Code: null));
        }

        if (person.Email is { } email)
        {
            var isDigest = person.Hashed.HasFlag(HashedFields.EmailSha256);
            found.Add(Address("email", isDigest ? Digest(email) : MaskedText.Email(email), person.CanonicalEmail, person.EmailFault));
        }

        if (person.Phone is { } phone)
        {
            var isDigest = (person.Hashed & ~HashedFields.EmailSha256) != HashedFields.None;
            found.Add(
                Address(
                    "phone",
                    isDigest ? Digest(phone) : MaskedText.Phone(person.CanonicalPhone ?? phone),
                    person.CanonicalPhone,
                    person.PhoneFault
                )
            );
        }

        return found;
    }

    private static TestedIdentifier Address(string field, string shown, string? canonical, IdentifierFault fault) =>
        new(field, shown, canonical is not null, canonical is null ? fault.Code() : null);

    private static string Digest(string text) => text.Length > 4 ? text[..4] + "***" : MaskedText.Other(text);
}

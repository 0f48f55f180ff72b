using System.Text.Json;
using AudienceSync.Domain;
using AudienceSync.Domain.Audiences;
using AudienceSync.Domain.Events;
using AudienceSync.Domain.Identity;
using AudienceSync.Host.Privacy;
using AudienceSync.Host.Storage.Log;

namespace AudienceSync.Host.Ingest;

/// <summary>
/// Reads one event of a request and decides what becomes of it: appended, quarantined (well-formed, but not to be applied yet) or refused
/// (can never be). The checks go from what would make the rest meaningless to what is finest.
/// </summary>
public sealed class EventReader(AliasDigester digester, PublishedKeys keys, PersonEventReader people)
{
    public Verdict Read(JsonElement item, int? index, SenderKey senderKey, Source source, DateTimeOffset receivedAt)
    {
        var verdict = Judge(item, index, senderKey, source, receivedAt);
        return verdict.Event is null && item.ValueKind == JsonValueKind.Object ? verdict with { Held = MentionOf(item, source) } : verdict;
    }

    private Verdict Judge(JsonElement item, int? index, SenderKey senderKey, Source source, DateTimeOffset receivedAt)
    {
        if (item.ValueKind != JsonValueKind.Object)
        {
            return Verdict.Refuse(IngestProblem.NotAnEvent);
        }

        if (senderKey.TryRead(item, index, out var id, out var isTest) is { } wrongId)
        {
            return Verdict.Refuse(wrongId);
        }

        if (isTest)
        {
            // Every test send carries the same word, so it must not make them one.
            id = null;
        }

        if (TryVersion(item, out var version) is { } wrongVersion)
        {
            return Verdict.Refuse(wrongVersion);
        }

        if (version == StrictForm.Version && StrictForm.Refusal(item, hasId: id is not null || isTest) is { } wrongForm)
        {
            return Verdict.Refuse(wrongForm);
        }

        var known = id is null ? (EventId?)null : EventId.Derive(source.Name, id);
        if (version > Limits.SchemaVersion)
        {
            return Verdict.Hold(QuarantineReason.NewerSchemaVersion, known, audienceKey: null);
        }

        if (!TryEvent(item, out var name))
        {
            return Verdict.Refuse(IngestProblem.MissingEvent);
        }

        var type = TypeOf(name);
        if (type is EventTypes.ConsentChanged or EventTypes.Suppressed or EventTypes.SuppressionLifted)
        {
            return isTest ? Verdict.Hold(QuarantineReason.TestSend, id: null, audienceKey: null) : people.Read(item, type, id, source, receivedAt);
        }

        return type is null
            ? Verdict.Hold(QuarantineReason.UnknownEvent, known, audienceKey: null)
            : ReadKnown(item, type, id, isTest, source, receivedAt);
    }

    private Verdict ReadKnown(JsonElement item, string type, string? id, bool isTest, Source source, DateTimeOffset receivedAt)
    {
        var wrong = TextField.TryRead(item, "audience_key"u8, int.MaxValue, IngestProblem.InvalidAudienceKey, out var keyText);
        if (wrong is not null || !AudienceKey.TryParse(keyText, out var key))
        {
            return Verdict.Refuse(IngestProblem.InvalidAudienceKey);
        }

        if (OccurredAt.TryReadField(item, receivedAt, hasId: id is not null || isTest, out var occurredAt) is { } wrongTime)
        {
            return Verdict.Refuse(wrongTime);
        }

        var wrongPerson = PersonFields.TryRead(item, source, out var identifiers);
        var wrongConsent = ConsentField.TryRead(item, out var consent);
        var wrongContext = ContextField.TryRead(item, out var context);
        if ((wrongPerson ?? wrongConsent ?? wrongContext) is { } problem)
        {
            return Verdict.Refuse(problem);
        }

        var aliases = PersonAliases.Of(digester, identifiers);
        if (aliases.Length == 0)
        {
            return Verdict.Refuse(IngestProblem.MissingPerson);
        }

        var eventId = EventId.Derive(source.Name, id ?? SenderKey.Composite(aliases[0], type, key, context, occurredAt));
        if (ReasonToHold(isTest, key, occurredAt, receivedAt) is { } reason)
        {
            return Verdict.Hold(reason, isTest ? null : eventId, key.Value);
        }

        var stored = Stored(type, key, occurredAt, source.Name, consent, context);
        return Verdict.Append(new PendingEvent(eventId, type, EventJson.Write(stored), occurredAt, aliases, identifiers)
        {
            Details = identifiers.Details is { } details ? digester.Digest(details) : null,
        });
    }

    // What is set aside or refused would be kept in quarantine, and of an erased person nothing may be kept.
    internal Mention? MentionOf(JsonElement item, Source source)
    {
        try
        {
            _ = PersonFields.TryRead(item, source, out var identifiers);
            return PersonAliases.Of(digester, identifiers) is { Length: > 0 } aliases ? new Mention(aliases) : null;
        }
        catch (InvalidOperationException)
        {
            // Half a surrogate pair: whoever it is, he cannot be told.
            return null;
        }
    }

    private QuarantineReason? ReasonToHold(bool isTest, AudienceKey key, DateTimeOffset occurredAt, DateTimeOffset receivedAt)
    {
        if (isTest)
        {
            return QuarantineReason.TestSend;
        }

        if (keys.Find(key.Value) is not { } published)
        {
            return QuarantineReason.UnknownAudienceKey;
        }

        if (published.Retired)
        {
            return QuarantineReason.RetiredAudienceKey;
        }

        if (published.Draining == LateEvents.Quarantine)
        {
            return QuarantineReason.DrainingAudienceKey;
        }

        return occurredAt - receivedAt > Limits.Ahead ? QuarantineReason.OccurredInFuture : null;
    }

    private static IStoredEvent Stored(
        string type, AudienceKey key, DateTimeOffset occurredAt, string source, Consent consent, JourneyContext? context) => type switch
    {
        EventTypes.MemberAdded => new AudienceMemberAdded(key, occurredAt, source, consent, context),
        EventTypes.MemberRemoved => new AudienceMemberRemoved(key, occurredAt, source, consent, context),
        _ => new AudienceExposureRecorded(key, occurredAt, source, consent, context),
    };

    private static IngestProblem? TryVersion(JsonElement item, out int version)
    {
        version = 1;
        if (!item.TryGetProperty("schema_version"u8, out var value) || value.ValueKind == JsonValueKind.Null)
        {
            return null;
        }

        var read = value.ValueKind switch
        {
            JsonValueKind.Number => value.TryGetInt32(out version),
            JsonValueKind.String => int.TryParse(value.GetString(), System.Globalization.CultureInfo.InvariantCulture, out version),
            _ => false,
        };
        return read && version >= 1 ? null : IngestProblem.InvalidSchemaVersion;
    }

    private static bool TryEvent(JsonElement item, out string name)
    {
        name = item.TryGetProperty("event"u8, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString()!.Trim() : "";
        return name.Length is > 0 and <= Limits.EventIdChars;
    }

    private static string? TypeOf(string name) => (name.StartsWith("cio.", StringComparison.Ordinal) ? name[4..] : name) switch
    {
        "audience_add" => EventTypes.MemberAdded,
        "audience_remove" => EventTypes.MemberRemoved,
        "exposure" => EventTypes.ExposureRecorded,
        "person_consent" => EventTypes.ConsentChanged,
        "person_suppress" => EventTypes.Suppressed,
        "person_unsuppress" => EventTypes.SuppressionLifted,
        _ => null,
    };
}

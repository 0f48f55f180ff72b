using System.Text.Json;
using AudienceSync.Domain;
using AudienceSync.Domain.Audiences;
using AudienceSync.Domain.Events;
using AudienceSync.Domain.Identity;
using AudienceSync.Host.Ingest.Append;
using AudienceSync.Host.Ingest.Quarantine;
using AudienceSync.Host.Privacy;

namespace AudienceSync.Host.Ingest.Reading;

/// <summary>
/// Reads one event of a request and decides its outcome: appended, quarantined (well-formed, but not to be applied yet) or refused (can
/// never be applied). The checks run from those whose failure would make the rest meaningless to the most specific ones.
/// <para>
/// <b>Adds are strict, removals are not.</b> A refused removal is never sent again and the person stays in the audiences. So a removal, a
/// suppression and a withdrawal of consent require only what they cannot do without, a person and for a removal an audience key, and are
/// applied whatever else is wrong: unreadable fields are left out with a warning, an unusable time is replaced by the time of receipt, a
/// newer schema is read as the newest known one. Only a removal from a key that is not published waits, since there is nothing yet to
/// remove from; it is released automatically when the key is published (<see cref="HeldRemovals"/>).
/// </para>
/// </summary>
public sealed class EventReader(AliasDigester digester, PublishedKeys keys, PersonEventReader people)
{
    public ParsedEvent Read(JsonElement item, int? index, SenderKey senderKey, Source source, DateTimeOffset receivedAt)
    {
        var warnings = default(WarningList);
        Alias[]? named = null;
        var parsed = Parse(item, index, senderKey, source, receivedAt, ref warnings, ref named);
        return parsed is { Event: null, HeldNames: null } && item.ValueKind == JsonValueKind.Object
            ? parsed with
            {
                HeldNames = named ?? PersonFields.NamedIn(item, source, digester),
            }
            : parsed;
    }

    // The identifiers that the event names stay null until its person is read, so that no event is read for its person twice.
    private ParsedEvent Parse(
        JsonElement item,
        int? index,
        SenderKey senderKey,
        Source source,
        DateTimeOffset receivedAt,
        ref WarningList warnings,
        ref Alias[]? named
    )
    {
        if (item.ValueKind != JsonValueKind.Object)
        {
            return ParsedEvent.Refuse(IngestProblem.NotAnEvent);
        }

        if (TryEvent(item, out var name) is { } missingEvent)
        {
            return ReportingWebhook.Is(item) ? HoldReport(item, source) : ParsedEvent.Refuse(missingEvent);
        }

        var type = TypeOf(name);
        var isRemoval = IsRemoval(item, type);
        if (senderKey.TryRead(item, index, isRemoval, ref warnings, out var id, out var isTest) is { } wrongId)
        {
            return ParsedEvent.Refuse(wrongId);
        }

        var incoming = new Incoming(item, type ?? name, isTest ? null : id, source, receivedAt)
        {
            IsRemoval = isRemoval,
            IsTest = isTest,
            TimeNeeded = !isTest,
            DeliveryId = source.StepMetrics && !isTest ? senderKey.DeliveryOf(item) : null,
        };
        if (CheckVersion(incoming, out var isNewer, ref warnings) is { } wrongVersion)
        {
            return ParsedEvent.Refuse(wrongVersion);
        }

        if (isNewer)
        {
            return ParsedEvent.Hold(QuarantineReason.NewerSchemaVersion, IdIfKnown(incoming, ref named), audienceKey: null);
        }

        if (type is EventTypes.ConsentChanged or EventTypes.Suppressed or EventTypes.SuppressionLifted)
        {
            return isTest
                ? ParsedEvent.Hold(QuarantineReason.TestSend, id: null, audienceKey: null)
                : people.Read(incoming, ref warnings, ref named);
        }

        // The meaning of an unknown event is not known, so its id cannot be derived either: the entry is identified by its text.
        return type is null
            ? ParsedEvent.Hold(QuarantineReason.UnknownEvent, id: null, audienceKey: null)
            : ReadKnown(incoming, ref warnings, ref named);
    }

    private ParsedEvent HoldReport(JsonElement item, Source source) =>
        ParsedEvent.Hold(QuarantineReason.ReportingWebhook, id: null, audienceKey: null) with
        {
            HeldNames = ReportingWebhook.NamedIn(item, person => PersonFields.NamedIn(person, source, digester)),
        };

    private ParsedEvent ReadKnown(in Incoming incoming, ref WarningList warnings, ref Alias[]? named)
    {
        if (TryKey(incoming.Item, out var key) is { } wrongKey)
        {
            return ParsedEvent.Refuse(wrongKey);
        }

        var isNeeded = incoming is { Id: null, TimeNeeded: true };
        if (
            OccurredAt.TryReadField(incoming.Item, incoming.ReceivedAt, isNeeded, incoming.IsRemoval, ref warnings, out var time) is
            { } wrongTime
        )
        {
            return ParsedEvent.Refuse(wrongTime);
        }

        if (PersonFields.TryRead(incoming, digester, ref warnings, ref named, out var person) is { } wrongPerson)
        {
            return ParsedEvent.Refuse(wrongPerson);
        }

        var consent = ConsentField.Read(incoming.Item, ref warnings);
        var context = ContextField.Read(incoming.Item, ref warnings);
        var eventId = SenderKey.EventIdOf(
            incoming.Source,
            incoming.Id,
            incoming.Type,
            key.Value,
            person.Aliases,
            context?.Step,
            time.Named
        );
        if (ReasonToHold(incoming, key, time) is { } reason)
        {
            return ParsedEvent.Hold(reason, incoming.IsTest ? null : eventId, key.Value) with
            {
                IsHeldRemoval = incoming is { IsRemoval: true, IsTest: false },
            };
        }

        var stored = Stored(incoming.Type, key, time.At, incoming.Source.Name, consent, context);
        var pending = Pending(eventId, stored, time, person, incoming.Source, digester, warnings.ToArray());
        return ParsedEvent.Append(
            incoming is { DeliveryId: { } delivery, Type: EventTypes.MemberAdded or EventTypes.MemberRemoved }
                ? pending with
                {
                    Step = new PendingStep(delivery, key.Value),
                }
                : pending
        );
    }

    /// <summary>An event in the form that the log takes.</summary>
    internal static PendingEvent Pending(
        EventId id,
        IStoredEvent stored,
        in EventTime time,
        in ReadPerson person,
        Source source,
        AliasDigester digester,
        EventWarning[]? warnings
    )
    {
        var data = EventJson.Write(stored);
        return new PendingEvent(
            id,
            EventTypes.AliasOf(stored),
            time.Replaced is { } written ? EventJson.WithSenderTime(data, written) : data,
            time.At,
            person.Aliases,
            person.Identifiers
        )
        {
            Details = person.Identifiers.Details is { } details ? digester.Digest(details) : null,
            Source = source.Name,
            HasSenderTime = time.Written is not null,
            Warnings = warnings,
        };
    }

    // A removal from a key that accepts no more adds, or whose late adds are held back, is still applied.
    private QuarantineReason? ReasonToHold(in Incoming incoming, AudienceKey key, in EventTime time)
    {
        if (incoming.IsTest)
        {
            return QuarantineReason.TestSend;
        }

        if (keys.Find(key.Value) is not { } published)
        {
            return QuarantineReason.UnknownAudienceKey;
        }

        if (incoming.IsRemoval)
        {
            return null;
        }

        return published.Retired ? QuarantineReason.RetiredAudienceKey
            : published.Draining == LateEvents.Quarantine ? QuarantineReason.DrainingAudienceKey
            : time.TooFarAhead ? QuarantineReason.OccurredInFuture
            : null;
    }

    private static IngestProblem? CheckVersion(in Incoming incoming, out bool isNewer, ref WarningList warnings)
    {
        isNewer = false;
        var wrong = TryVersion(incoming.Item, out var version);
        if (wrong is not null)
        {
            if (!incoming.IsRemoval)
            {
                return wrong;
            }

            warnings.Add(wrong, "schema_version");
            return null;
        }

        if (version > Limits.SchemaVersion)
        {
            isNewer = !incoming.IsRemoval;
            if (isNewer)
            {
                return null;
            }

            warnings.Add(QuarantineReason.NewerSchemaVersion, "schema_version");
            version = Limits.SchemaVersion;
        }

        if (version != StrictForm.Version)
        {
            return null;
        }

        var isSuppression = incoming.Type is EventTypes.Suppressed or EventTypes.SuppressionLifted;
        var refusal = StrictForm.Refusal(incoming.Item, isSuppression, hasId: incoming.Id is not null || incoming.IsTest, ref warnings);
        return incoming.IsRemoval ? null : refusal;
    }

    // For an add in a newer schema: as much as this version can read.
    private EventId? IdIfKnown(in Incoming incoming, ref Alias[]? named)
    {
        var ignored = default(WarningList);
        return
            incoming.Id is not null
            && incoming.Type is EventTypes.MemberAdded or EventTypes.ExposureRecorded
            && TryKey(incoming.Item, out var key) is null
            && PersonFields.TryRead(incoming, digester, ref ignored, ref named, out var person) is null
            ? SenderKey.EventIdOf(incoming.Source, incoming.Id, incoming.Type, key.Value, person.Aliases, step: null, default)
            : null;
    }

    private static IStoredEvent Stored(
        string type,
        AudienceKey key,
        DateTimeOffset occurredAt,
        string source,
        Consent consent,
        JourneyContext? context
    ) =>
        type switch
        {
            EventTypes.MemberAdded => new AudienceMemberAdded(key, occurredAt, source, consent, context),
            EventTypes.MemberRemoved => new AudienceMemberRemoved(key, occurredAt, source, consent, context),
            _ => new AudienceExposureRecorded(key, occurredAt, source, consent, context),
        };

    /// <summary>Whether an item of a type is a removal or a withdrawal.</summary>
    internal static bool IsRemoval(JsonElement item, string? type)
    {
        if (type is not EventTypes.ConsentChanged)
        {
            return type is EventTypes.MemberRemoved or EventTypes.Suppressed;
        }

        var ignored = default(WarningList);
        return ConsentField.IsWithdrawal(ConsentField.Read(item, ref ignored));
    }

    private static IngestProblem? TryKey(JsonElement item, out AudienceKey key)
    {
        key = default;
        var wrong = TextField.TryRead(item, "audience_key"u8, int.MaxValue, IngestProblem.InvalidAudienceKey, out var text);
        return wrong ?? (AudienceKey.TryParse(text, out key) ? null : IngestProblem.InvalidAudienceKey);
    }

    private static IngestProblem? TryVersion(JsonElement item, out int version)
    {
        version = 1;
        if (!item.TryGetProperty("schema_version"u8, out var value) || value.ValueKind == JsonValueKind.Null)
        {
            return null;
        }

        if (value.ValueKind == JsonValueKind.String && !TextField.TryText(value, out _))
        {
            return IngestProblem.InvalidText;
        }

        var read = value.ValueKind switch
        {
            JsonValueKind.Number => value.TryGetInt32(out version),
            JsonValueKind.String => int.TryParse(value.GetString(), System.Globalization.CultureInfo.InvariantCulture, out version),
            _ => false,
        };
        return read && version >= 1 ? null : IngestProblem.InvalidSchemaVersion;
    }

    private static IngestProblem? TryEvent(JsonElement item, out string name)
    {
        name = "";
        if (!item.TryGetProperty("event"u8, out var value) || value.ValueKind != JsonValueKind.String)
        {
            return IngestProblem.MissingEvent;
        }

        if (!TextField.TryText(value, out name))
        {
            return IngestProblem.InvalidText;
        }

        name = name.Trim();
        return name.Length is > 0 and <= Limits.EventIdChars ? null : IngestProblem.MissingEvent;
    }

    /// <summary>The type of an item that is an object; null when it names none that is known.</summary>
    internal static string? TypeIn(JsonElement item) => TryEvent(item, out var name) is null ? TypeOf(name) : null;

    private static string? TypeOf(string name) =>
        (name.StartsWith("cio.", StringComparison.Ordinal) ? name[4..] : name) switch
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

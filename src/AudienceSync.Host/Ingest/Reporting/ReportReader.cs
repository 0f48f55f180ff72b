using System.Text.Json;
using AudienceSync.Domain;
using AudienceSync.Domain.Events;
using AudienceSync.Domain.Identity;
using AudienceSync.Domain.Outcomes;
using AudienceSync.Host.Ingest.Quarantine;
using AudienceSync.Host.Ingest.Reading;
using AudienceSync.Host.Privacy;

namespace AudienceSync.Host.Ingest.Reporting;

/// <summary>
/// Reads a reporting webhook as an outcome of a message. Nothing of its content is ever refused: after an answer that is not a success its
/// sender holds back all reports that follow, for up to a week. What cannot become an event, because it is damaged or names no person, is
/// kept in quarantine, and the sender is answered all the same.
/// <para>
/// <b>What an event does not hold.</b> Addresses, delivery ids, subjects, links and texts of failures: with a delivery id anyone can
/// unsubscribe its person. They are in the sealed body only.
/// </para>
/// </summary>
public sealed class ReportReader(AliasDigester digester, BodySeal seal)
{
    /// <summary>Reads a body. Either it becomes an event, or it is held.</summary>
    /// <param name="body">One report, as received.</param>
    /// <param name="source">The sender.</param>
    /// <param name="receivedAt">When it was received: its time when it states none that is usable.</param>
    public ParsedEvent Read(RequestBody body, Source source, DateTimeOffset receivedAt)
    {
        var item = BodyItem.Parse(body.Json);
        using var document = item.Document;
        if (document is not { RootElement.ValueKind: JsonValueKind.Object } || item.Defect?.Problem == IngestProblem.MalformedJson)
        {
            return ParsedEvent.Hold(QuarantineReason.ReportUnreadable, id: null, audienceKey: null) with { Text = body.Memory };
        }

        try
        {
            return Read(document.RootElement, body, source, receivedAt) with { Text = body.Memory };
        }
        catch (InvalidOperationException)
        {
            // Half of a surrogate pair in a text: the JSON reader reports it only when the text is read.
            return ParsedEvent.Hold(QuarantineReason.ReportUnreadable, id: null, audienceKey: null) with { Text = body.Memory };
        }
    }

    private ParsedEvent Read(JsonElement report, RequestBody body, Source source, DateTimeOffset receivedAt)
    {
        var incoming = new Incoming(ReportPerson.Of(report), EventTypes.OutcomeRecorded, null, source, receivedAt)
        {
            // As for a removal, no fault of a field that it does not need prevents it.
            IsRemoval = true,
        };
        var warnings = default(WarningList);
        Alias[]? named = null;
        _ = OccurredAt.TryReadField(incoming.Item, receivedAt, isNeeded: false, isRemoval: true, ref warnings, out var time);
        var noPerson = PersonFields.TryRead(incoming, digester, ref warnings, ref named, out var person);
        if (ReportFields.Name(report, "metric"u8) is not { } metric)
        {
            return ParsedEvent.Hold(QuarantineReason.ReportUnreadable, id: null, audienceKey: null) with { HeldNames = named };
        }

        var id = IdOf(report, body, source);
        return noPerson is null
            ? ParsedEvent.Append(
                EventReader.Pending(id, Outcome(report, metric, time.At, source.Name), time, person, source, digester, warnings.ToArray())
            )
            : ParsedEvent.Hold(QuarantineReason.ReportWithoutPerson, id, audienceKey: null);
    }

    // A report without an id of its own is the same report when its bytes are the same.
    private EventId IdOf(JsonElement report, RequestBody body, Source source) =>
        ReportFields.Text(report, "event_id"u8) is { Length: > 0 and <= Limits.EventIdChars } given
            ? EventId.Derive(source.Name, "report/" + given)
            : EventId.Derive(source.Name, "report body/" + seal.Fingerprint(body.Span));

    private static MessageOutcomeRecorded Outcome(JsonElement report, string metric, DateTimeOffset at, string source)
    {
        var channel =
            ReportFields.Name(report, "object_type"u8) ?? ReportFields.Name(report, "object_type_type"u8) ?? OutcomeChannels.Customer;
        var outcome = new MessageOutcomeRecorded(at, source, channel, metric);
        if (ReportFields.Object(report, "data"u8) is not { } data)
        {
            return outcome with { Failure = FailureClassifier.Classify(channel, metric, text: null) };
        }

        var (topics, channels) = metric == OutcomeMetrics.PreferencesChanged ? ReportFields.Preferences(data) : (null, null);
        return outcome with
        {
            Failure = FailureClassifier.Classify(channel, metric, ReportFields.Text(data, "failure_message"u8)),
            Machine = ReportFields.IsMachine(data, metric),
            CampaignId = ReportFields.Number(data, "campaign_id"u8),
            BroadcastId = ReportFields.Number(data, "broadcast_id"u8),
            NewsletterId = ReportFields.Number(data, "newsletter_id"u8),
            ActionId = ReportFields.Number(data, "action_id"u8),
            Topics = topics,
            Channels = channels,
        };
    }
}

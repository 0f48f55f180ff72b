using System.Runtime.InteropServices;
using System.Text.Json;
using AudienceSync.Host.Ingest.Append;
using AudienceSync.Host.Ingest.Bodies;
using AudienceSync.Host.Ingest.Quarantine;
using AudienceSync.Host.Ingest.Reading;
using AudienceSync.Host.Privacy;

namespace AudienceSync.Host.Ingest;

/// <summary>
/// Processes the webhooks of one source: parses them with the reader of its workspace, seals bodies and appends to the log.
/// </summary>
public sealed class WebhookInbox(Source source, EventReader reader, PublishedKeys keys, BodySeal seal, BodyMentions mentions, GroupCommit log)
{
    public Source Source => source;

    /// <summary>Whether to parse again: a key was unknown, and the published keys have changed since.</summary>
    public async ValueTask<bool> ReloadedKeysAsync(ParsedEvent[] parsedEvents, CancellationToken cancellationToken) =>
        Array.Exists(parsedEvents, parsed => parsed.Quarantine == QuarantineReason.UnknownAudienceKey) && await keys.ReloadAsync(cancellationToken);

    /// <summary>Parses every event of a body, in order.</summary>
    public ParsedEvent[] Parse(JsonElement root, SenderKey senderKey, RequestBody body, DateTimeOffset receivedAt)
    {
        if (root.ValueKind == JsonValueKind.Object)
        {
            return [Parse(root, null, senderKey, receivedAt) with { Text = body.Memory }];
        }

        var parsedEvents = new ParsedEvent[root.GetArrayLength()];
        var index = 0;
        foreach (var item in root.EnumerateArray())
        {
            parsedEvents[index] = Parse(item, index, senderKey, receivedAt) with { Text = PartOf(body.Memory, item) };
            index++;
        }

        return parsedEvents;
    }

    /// <summary>Parses the events of an array whose items had to be parsed separately.</summary>
    public ParsedEvent[] Parse(IReadOnlyList<BodyItem> items, SenderKey senderKey, DateTimeOffset receivedAt) =>
        Parse(items, senderKey, receivedAt, isBatch: false);

    /// <summary>Parses the events of a batch, each as if it had been sent alone, without the headers of the request.</summary>
    public ParsedEvent[] ParseBatch(IReadOnlyList<BodyItem> items, DateTimeOffset receivedAt) => Parse(items, default, receivedAt, isBatch: true);

    /// <summary>
    /// In a body with property names that are not valid text a removal is applied, with a warning; anything else is refused.
    /// </summary>
    public static ParsedEvent Salvage(ParsedEvent parsed, IngestProblem defect) => parsed switch
    {
        { IsHeldRemoval: true } => parsed,
        { Event: { IsRemoval: true } removal } => parsed with { Event = removal.WithWarning(new EventWarning(defect.Code, WarningList.UnknownField)) },
        _ => ParsedEvent.Refuse(defect) with { Text = parsed.Text, Held = parsed.Mention },
    };

    /// <summary>Commits the parsed events as one unit: all of it is durable, or nothing is claimed.</summary>
    public async Task<KeepResult> KeepAsync(ParsedEvent[] parsedEvents, RequestBody body, bool single, DateTimeOffset receivedAt, Arrival arrival = default)
    {
        if (single && parsedEvents[0].Problem is { } problem)
        {
            return await KeepRefusedAsync(problem, body, receivedAt, parsedEvents[0].Mention, arrival);
        }

        var request = Request(parsedEvents, body, receivedAt, SignatureOf(parsedEvents, arrival));
        if (!TryEnqueue(request, arrival))
        {
            return new KeepResult([], IngestProblem.QueueFull);
        }

        return await request.Settled switch
        {
            AppendResult.Committed when Array.Exists(request.Events, pending => pending.IsUnlinkable) => await KeepUnlinkableAsync(parsedEvents, body, receivedAt, arrival),
            AppendResult.Committed => new KeepResult(Receipts(request, parsedEvents), null),
            AppendResult.Unstorable => await KeepUnstorableAsync(parsedEvents, body, receivedAt, arrival),
            AppendResult.TooSlow => new KeepResult([], IngestProblem.StorageSlow),
            _ => new KeepResult([], IngestProblem.StorageDown),
        };
    }

    /// <summary>
    /// Keeps a refused body in quarantine. Returns the response: the same problem; that storage did not take it, so the sender must keep it
    /// and retry; or the receipts that the same signed bytes received before.
    /// </summary>
    public async Task<KeepResult> KeepRefusedAsync(
        IngestProblem problem, RequestBody? body, DateTimeOffset receivedAt, Mention? mention = null, Arrival arrival = default)
    {
        var entry = Entry(refused: true, problem.Code, problem.Detail, null, null, body?.Memory ?? default, receivedAt) with { Mention = mention };
        var request = new PendingRequest([], [entry], default, receivedAt) { Signature = SignatureOf([], arrival) };
        return (TryEnqueue(request, arrival) ? await request.Settled : AppendResult.StorageDown) switch
        {
            AppendResult.Committed when request.Signature is { IsRepeat: true } => new KeepResult(Receipts(request, []), null),
            AppendResult.Committed => new KeepResult([], problem),
            AppendResult.TooSlow => new KeepResult([], IngestProblem.StorageSlow),
            _ => new KeepResult([], IngestProblem.StorageDown),
        };
    }

    private bool TryEnqueue(PendingRequest request, Arrival arrival)
    {
        if (!log.TryEnqueue(request))
        {
            request.BodyLease?.Dispose();
            return false;
        }

        arrival.Deadline?.Watch(request, arrival.ReadAt);
        return true;
    }

    private RequestSignature? SignatureOf(ParsedEvent[] parsedEvents, Arrival arrival) => arrival.Signed is { } signed ? SignatureOf(parsedEvents, signed) : null;

    // Nothing is remembered for a request that has no effect: its signature is still valid for the real one.
    private RequestSignature SignatureOf(ParsedEvent[] parsedEvents, SignedAt signed)
    {
        var hasEffect = Array.Exists(parsedEvents, parsed => parsed.Problem is null && parsed.Quarantine != QuarantineReason.TestSend);
        Func<KeptReceipt[]> receipts = () => Array.ConvertAll(Receipts(parsedEvents), receipt => new KeptReceipt(receipt.Id ?? Guid.Empty, receipt.Code));
        return new RequestSignature(signed.Day, EventId.Derive("signature/" + source.Name, signed.Signature).Value, hasEffect ? receipts : null)
        {
            // The entry for an event that was left out is only written by the next commit: a retry must determine the outcome by itself.
            IsKept = () => !Array.Exists(parsedEvents, parsed => parsed.Event is { IsUnlinkable: true }),
        };
    }

    private Receipt[] Receipts(PendingRequest request, ParsedEvent[] parsedEvents) =>
        request.Signature is { IsRepeat: true } repeat ? Repeated(repeat.Given, parsedEvents) : Receipts(parsedEvents);

    // The same bytes are parsed the same way, so the fields left out of the first request are left out of this one.
    private static Receipt[] Repeated(KeptReceipt[] given, ParsedEvent[] parsedEvents)
    {
        var receipts = Array.ConvertAll(given, Receipt.Repeated);
        for (var i = 0; i < receipts.Length && receipts.Length == parsedEvents.Length; i++)
        {
            if (receipts[i].Status == Receipt.Accepted && parsedEvents[i].Event is { } pending)
            {
                receipts[i] = receipts[i] with { Warnings = pending.Warnings };
            }
        }

        return receipts;
    }

    private ParsedEvent[] Parse(IReadOnlyList<BodyItem> items, SenderKey senderKey, DateTimeOffset receivedAt, bool isBatch)
    {
        var parsedEvents = new ParsedEvent[items.Count];
        for (var i = 0; i < items.Count; i++)
        {
            var parsed = items[i].Document is { } document
                ? Parse(document.RootElement, isBatch ? null : i, senderKey, receivedAt)
                : ParsedEvent.Refuse(items[i].Problem!);
            parsedEvents[i] = (items[i].Defect is { } defect ? Salvage(parsed, defect) : parsed) with { Text = items[i].Text };
        }

        return parsedEvents;
    }

    private ParsedEvent Parse(JsonElement item, int? index, SenderKey senderKey, DateTimeOffset receivedAt)
    {
        try
        {
            var parsed = reader.Read(item, index, senderKey, source, receivedAt);
            return parsed.Problem is not null && ReportingWebhook.Is(item)
                ? ParsedEvent.Hold(QuarantineReason.ReportingWebhook, id: null, audienceKey: null)
                    with { Held = ReportingWebhook.MentionOf(item, person => reader.MentionOf(person, source)) }
                : parsed;
        }
        catch (InvalidOperationException)
        {
            // The JSON reader reports half of a surrogate pair outside of any field value: in the name of a property.
            return ParsedEvent.Refuse(IngestProblem.InvalidText);
        }
    }

    private PendingRequest Request(ParsedEvent[] parsedEvents, RequestBody body, DateTimeOffset receivedAt, RequestSignature? signature)
    {
        if (parsedEvents is [{ Event: { } only }])
        {
            return new PendingRequest([only], [], body.Memory, receivedAt) { BodyLease = body.Retain(), Signature = signature };
        }

        var events = new List<PendingEvent>(parsedEvents.Length);
        var held = new List<QuarantineEntry>();
        for (var i = 0; i < parsedEvents.Length; i++)
        {
            if (parsedEvents[i].Mention is { } mention)
            {
                mention.Text = parsedEvents[i].Text;
            }

            if (parsedEvents[i].Event is { } pending)
            {
                events.Add(pending);
            }
            else
            {
                held.Add(EntryOf(parsedEvents[i], receivedAt));
            }
        }

        return new PendingRequest([.. events], [.. held], body.Memory, receivedAt) { BodyLease = body.Retain(), Signature = signature };
    }

    // The database refused the content of an event. Several events are appended once more, each as a request of its own: the group commit
    // then finds those that it cannot store, and the others are accepted. What is left out is kept last, with the signature.
    private async Task<KeepResult> KeepUnstorableAsync(ParsedEvent[] parsedEvents, RequestBody body, DateTimeOffset receivedAt, Arrival arrival)
    {
        var (held, problem) = parsedEvents.Length == 1
            ? ([Unstorable(parsedEvents[0])], null)
            : await KeepEachAsync(parsedEvents, body, receivedAt, arrival);
        if (problem is not null)
        {
            return new KeepResult([], problem);
        }

        var entries = held.Select(Settled).Where(parsed => parsed.Event is null).Select(parsed => EntryOf(parsed, receivedAt));
        var request = new PendingRequest([], [.. entries], body.Memory, receivedAt) { BodyLease = body.Retain(), Signature = SignatureOf(held, arrival) };
        return (TryEnqueue(request, arrival) ? await request.Settled : AppendResult.StorageDown) switch
        {
            AppendResult.Committed => new KeepResult(Receipts(request, held), null),
            AppendResult.TooSlow => new KeepResult([], IngestProblem.StorageSlow),
            _ => new KeepResult([], IngestProblem.StorageDown),
        };
    }

    private async Task<(ParsedEvent[] Held, IngestProblem? Problem)> KeepEachAsync(
        ParsedEvent[] parsedEvents, RequestBody body, DateTimeOffset receivedAt, Arrival arrival)
    {
        var held = (ParsedEvent[])parsedEvents.Clone();
        var requests = new PendingRequest?[held.Length];
        for (var i = 0; i < held.Length; i++)
        {
            if (held[i].Event is not { } pending)
            {
                continue;
            }

            var request = new PendingRequest([pending], [], held[i].Text, receivedAt) { BodyLease = body.Retain() };
            if (!TryEnqueue(request, arrival))
            {
                return (held, IngestProblem.QueueFull);
            }

            requests[i] = request;
        }

        for (var i = 0; i < held.Length; i++)
        {
            switch (requests[i] is { } request ? await request.Settled : AppendResult.Committed)
            {
                case AppendResult.Committed:
                    break;
                case AppendResult.Unstorable:
                    held[i] = Unstorable(held[i]);
                    break;
                case AppendResult.TooSlow:
                    return (held, IngestProblem.StorageSlow);
                default:
                    return (held, IngestProblem.StorageDown);
            }
        }

        return (held, null);
    }

    private static ParsedEvent Unstorable(ParsedEvent parsed) => parsed.Event is { } pending
        ? ParsedEvent.Hold(QuarantineReason.Unstorable, pending.Id, audienceKey: null) with { Text = parsed.Text, Held = pending.Mention }
        : parsed;

    // Only the append determines which identifiers are sent with too many addresses. The events it left out are kept by a second commit;
    // until then the sender has no response, and a retry gets the same result.
    private async Task<KeepResult> KeepUnlinkableAsync(ParsedEvent[] parsedEvents, RequestBody body, DateTimeOffset receivedAt, Arrival arrival)
    {
        var held = parsedEvents.Select(Settled).Where(parsed => parsed.Quarantine == QuarantineReason.TooManyAddresses);
        var request = new PendingRequest([], [.. held.Select(parsed => EntryOf(parsed, receivedAt))], body.Memory, receivedAt);
        return (TryEnqueue(request, arrival) ? await request.Settled : AppendResult.StorageDown) switch
        {
            AppendResult.Committed => new KeepResult(Receipts(parsedEvents), null),
            AppendResult.TooSlow => new KeepResult([], IngestProblem.StorageSlow),
            _ => new KeepResult([], IngestProblem.StorageDown),
        };
    }

    // The event as the append left it.
    private static ParsedEvent Settled(ParsedEvent parsed) => parsed.Event is { IsUnlinkable: true } pending
        ? ParsedEvent.Hold(QuarantineReason.TooManyAddresses, pending.Id, audienceKey: null) with { Text = parsed.Text, Held = pending.Mention }
        : parsed;

    private QuarantineEntry EntryOf(ParsedEvent parsed, DateTimeOffset receivedAt) => (parsed.Quarantine is { } reason
        ? Entry(refused: false, reason.Code, reason.Detail, parsed.AudienceKey, parsed.Id, parsed.Text, receivedAt)
        : Entry(refused: true, parsed.Problem!.Code, parsed.Problem.Detail, null, null, parsed.Text, receivedAt)) with
        {
            Mention = parsed.Mention,
            IsRemoval = parsed.IsHeldRemoval,
        };

    private QuarantineEntry Entry(
        bool refused, string code, string detail, string? audienceKey, EventId? id, ReadOnlyMemory<byte> text, DateTimeOffset receivedAt)
    {
        var plain = text.Span;
        return new QuarantineEntry(
            EntryId(code, id, plain), source.Name, refused, code, detail, audienceKey, id, receivedAt, plain.Length, seal.Seal(receivedAt, plain))
        {
            Texts = mentions.Of(text, source.DefaultCountry),
        };
    }

    // By the event it would have been, else by the digest of its text: a redelivery of the same is the same entry, with the same receipt.
    private Guid EntryId(string code, EventId? id, ReadOnlySpan<byte> text)
    {
        var identity = id is { } known ? known.ToString() : seal.Fingerprint(text);
        return EventId.Derive("quarantine/" + source.Name, $"{code}/{identity}").Value;
    }

    // An event of an array is kept alone: keeping the whole array for each of its events would be five hundred times what was sent.
    private static ReadOnlyMemory<byte> PartOf(ReadOnlyMemory<byte> body, JsonElement item)
    {
        var part = JsonMarshal.GetRawUtf8Value(item);
        return body.Span.Overlaps(part, out var start) ? body.Slice(start, part.Length) : part.ToArray();
    }

    private Receipt[] Receipts(ParsedEvent[] parsedEvents)
    {
        var receipts = new Receipt[parsedEvents.Length];
        for (var i = 0; i < parsedEvents.Length; i++)
        {
            receipts[i] = Settled(parsedEvents[i]) switch
            {
                { Problem: null, Mention.Erasure: not null } => ErasedPerson.Refusal,
                { Event: { } pending } => new Receipt(Receipt.Accepted, pending.Id.Value, null, null, pending.Duplicate) { Warnings = pending.Warnings },
                { Quarantine: { } held } => new Receipt(Receipt.Quarantined, EntryId(held.Code, parsedEvents[i].Id, parsedEvents[i].Text.Span), held.Code, held.Detail, false),
                { Problem: { } refused } => new Receipt(Receipt.Refused, null, refused.Code, refused.Detail, false),
                _ => throw new InvalidOperationException("A parsed event without an outcome."),
            };
        }

        return receipts;
    }
}

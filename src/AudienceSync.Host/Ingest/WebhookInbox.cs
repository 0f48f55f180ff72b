using System.Runtime.InteropServices;
using System.Text.Json;
using AudienceSync.Host.Privacy;
using AudienceSync.Host.Privacy.Erasure;
using AudienceSync.Host.Storage.Log;

namespace AudienceSync.Host.Ingest;

/// <summary>Where one source's webhooks go: its workspace's reader, seal and log.</summary>
public sealed class WebhookInbox(Source source, EventReader reader, PublishedKeys keys, BodySeal seal, BodyMentions mentions, GroupCommit log)
{
    public Source Source => source;

    /// <summary>Whether to judge again: a key was unknown, and there are others now than there were.</summary>
    public async ValueTask<bool> LearnedKeysAsync(Verdict[] verdicts, CancellationToken cancellationToken) =>
        Array.Exists(verdicts, verdict => verdict.Quarantine == QuarantineReason.UnknownAudienceKey) && await keys.LookAgainAsync(cancellationToken);

    /// <summary>Judges every event of a body, in order.</summary>
    public Verdict[] Judge(JsonElement root, SenderKey senderKey, RequestBody body, DateTimeOffset receivedAt)
    {
        // JSON writes NUL as an escape, so one look at the bytes clears almost every body of it.
        var mayHoldNul = body.Span.IndexOf("\\u0000"u8) >= 0;
        if (root.ValueKind == JsonValueKind.Object)
        {
            return [Judge(root, null, senderKey, mayHoldNul, receivedAt) with { Text = body.Memory }];
        }

        var verdicts = new Verdict[root.GetArrayLength()];
        var index = 0;
        foreach (var item in root.EnumerateArray())
        {
            verdicts[index] = Judge(item, index, senderKey, mayHoldNul, receivedAt) with { Text = PartOf(body.Memory, item) };
            index++;
        }

        return verdicts;
    }

    /// <summary>Commits what was judged. One piece: all of it is durable, or nothing is claimed.</summary>
    public async Task<KeepResult> KeepAsync(Verdict[] verdicts, RequestBody body, bool single, DateTimeOffset receivedAt)
    {
        if (single && verdicts[0].Problem is { } problem)
        {
            var kept = await KeepRefusedAsync(problem, body, receivedAt, verdicts[0].Mention);
            return new KeepResult([], kept ? problem : IngestProblem.StorageDown);
        }

        var request = Request(verdicts, body, receivedAt);
        if (!log.TryEnqueue(request))
        {
            return new KeepResult([], IngestProblem.QueueFull);
        }

        return await request.Settled switch
        {
            AppendResult.Committed => new KeepResult(Receipts(verdicts), null),
            AppendResult.Unstorable => await KeepUnstorableAsync(verdicts, body, receivedAt),
            _ => new KeepResult([], IngestProblem.StorageDown),
        };
    }

    /// <summary>Keeps a refused body in quarantine. False when storage would not take it.</summary>
    public async Task<bool> KeepRefusedAsync(IngestProblem problem, RequestBody? body, DateTimeOffset receivedAt, Mention? mention = null)
    {
        var entry = Entry(refused: true, problem.Code, problem.Detail, null, null, body?.Memory ?? default, receivedAt) with { Mention = mention };
        var request = new PendingRequest([], [entry], default, receivedAt);
        return log.TryEnqueue(request) && await request.Settled == AppendResult.Committed;
    }

    private Verdict Judge(JsonElement item, int? index, SenderKey senderKey, bool mayHoldNul, DateTimeOffset receivedAt)
    {
        if (mayHoldNul && item.GetRawText().Contains("\\u0000", StringComparison.Ordinal))
        {
            return Verdict.Hold(QuarantineReason.NulCharacter, id: null, audienceKey: null);
        }

        try
        {
            return reader.Read(item, index, senderKey, source, receivedAt);
        }
        catch (InvalidOperationException)
        {
            // The JSON reader's word for half a surrogate pair in a text.
            return Verdict.Refuse(IngestProblem.InvalidText);
        }
    }

    private PendingRequest Request(Verdict[] verdicts, RequestBody body, DateTimeOffset receivedAt)
    {
        if (verdicts is [{ Event: { } only }])
        {
            return new PendingRequest([only], [], body.Memory, receivedAt);
        }

        var events = new List<PendingEvent>(verdicts.Length);
        var held = new List<QuarantineEntry>();
        for (var i = 0; i < verdicts.Length; i++)
        {
            if (verdicts[i].Mention is { } mention)
            {
                mention.Text = verdicts[i].Text;
            }

            if (verdicts[i].Event is { } pending)
            {
                events.Add(pending);
            }
            else
            {
                held.Add(EntryOf(verdicts[i], receivedAt));
            }
        }

        return new PendingRequest([.. events], [.. held], body.Memory, receivedAt);
    }

    private async Task<KeepResult> KeepUnstorableAsync(Verdict[] verdicts, RequestBody body, DateTimeOffset receivedAt)
    {
        var held = Array.ConvertAll(verdicts, verdict => verdict.Event is { } pending
            ? Verdict.Hold(QuarantineReason.Unstorable, pending.Id, audienceKey: null) with { Text = verdict.Text, Held = pending.Mention }
            : verdict);
        var request = Request(held, body, receivedAt);
        return log.TryEnqueue(request) && await request.Settled == AppendResult.Committed
            ? new KeepResult(Receipts(held), null)
            : new KeepResult([], IngestProblem.StorageDown);
    }

    private QuarantineEntry EntryOf(Verdict verdict, DateTimeOffset receivedAt) => (verdict.Quarantine is { } reason
        ? Entry(refused: false, reason.Code, reason.Detail, verdict.AudienceKey, verdict.Id, verdict.Text, receivedAt)
        : Entry(refused: true, verdict.Problem!.Code, verdict.Problem.Detail, null, null, verdict.Text, receivedAt)) with { Mention = verdict.Mention };

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

    // By the event it would have been, else by the digest of its text: the same thing said again is the same entry, with the same receipt.
    private Guid EntryId(string code, EventId? id, ReadOnlySpan<byte> text)
    {
        var what = id is { } known ? known.ToString() : seal.Fingerprint(text);
        return EventId.Derive("quarantine/" + source.Name, $"{code}/{what}").Value;
    }

    // An event of an array is kept alone: the whole array for each of its events would be five hundred times what was sent.
    private static ReadOnlyMemory<byte> PartOf(ReadOnlyMemory<byte> body, JsonElement item)
    {
        var part = JsonMarshal.GetRawUtf8Value(item);
        return body.Span.Overlaps(part, out var start) ? body.Slice(start, part.Length) : part.ToArray();
    }

    private Receipt[] Receipts(Verdict[] verdicts)
    {
        var receipts = new Receipt[verdicts.Length];
        for (var i = 0; i < verdicts.Length; i++)
        {
            receipts[i] = verdicts[i] switch
            {
                { Problem: null, Mention.Erasure: not null } => ErasedPerson.Refusal,
                { Event: { } pending } => new Receipt(Receipt.Accepted, pending.Id.Value, null, null, pending.Duplicate),
                { Quarantine: { } held } => new Receipt(Receipt.Quarantined, EntryId(held.Code, verdicts[i].Id, verdicts[i].Text.Span), held.Code, held.Detail, false),
                { Problem: { } refused } => new Receipt(Receipt.Refused, null, refused.Code, refused.Detail, false),
                _ => throw new InvalidOperationException("A verdict that says nothing."),
            };
        }

        return receipts;
    }
}

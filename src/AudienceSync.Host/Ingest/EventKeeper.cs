using AudienceSync.Domain.Identity;
using AudienceSync.Host.Ingest.Append;
using AudienceSync.Host.Ingest.Quarantine;
using AudienceSync.Host.Ingest.Reading;

namespace AudienceSync.Host.Ingest;

/// <summary>
/// Commits the events of a body, and keeps in quarantine those that are not appended. All of a body is durable before its sender receives
/// receipts.
/// </summary>
internal sealed class EventKeeper(Source source, QuarantineEntries entries, GroupCommit log)
{
    private readonly Receipts _receipts = new(entries);

    /// <summary>Commits the events as one unit: all of it is durable, or nothing is claimed.</summary>
    public async Task<KeepResult> KeepAsync(ParsedEvent[] events, RequestBody body, bool isSingle, Arrival arrival)
    {
        if (isSingle && events[0].Problem is { } problem)
        {
            return await KeepRefusedAsync(problem, body, events[0].Named, arrival);
        }

        var request = Request(events, body, arrival.ReceivedAt, SignatureOf(events, arrival, settled: null));
        if (!TryEnqueue(request, arrival))
        {
            return new KeepResult([], IngestProblem.QueueFull);
        }

        var outcome = await request.Settled;
        return outcome.Result switch
        {
            AppendResult.Committed when outcome.Has(ItemOutcome.Unlinkable) => await KeepUnlinkableAsync(events, outcome, body, arrival),
            AppendResult.Committed => Committed(events, outcome),
            AppendResult.Unstorable => await KeepUnstorableAsync(events, body, arrival),
            _ => Failed(outcome),
        };
    }

    /// <summary>
    /// Keeps a refused body in quarantine. Returns the response: the same problem; that storage did not take it, so the sender must keep it
    /// and retry; or the receipts that the same signed bytes received before.
    /// </summary>
    public async Task<KeepResult> KeepRefusedAsync(IngestProblem problem, RequestBody? body, Alias[] named, Arrival arrival)
    {
        var entry = entries.Of(problem, body?.Memory ?? default, arrival.ReceivedAt) with { Named = named };
        var request = new PendingRequest([], [entry], default, arrival.ReceivedAt) { Signature = SignatureOf([], arrival, settled: null) };
        var outcome = await SettleAsync(request, arrival);
        return outcome switch
        {
            { Result: AppendResult.Committed, Earlier: { } earlier } => new KeepResult(Receipts.Repeated(earlier, []), null),
            { Result: AppendResult.Committed } => new KeepResult([], problem),
            _ => Failed(outcome),
        };
    }

    /// <summary>The receipt of an event that is held or refused, and not kept.</summary>
    public Receipt ReceiptOf(in ParsedEvent parsed) => _receipts.Of(parsed, ItemOutcome.Quarantined);

    private static KeepResult Failed(RequestOutcome outcome) =>
        new([], outcome.Result == AppendResult.TooSlow ? IngestProblem.StorageSlow : IngestProblem.StorageDown);

    private KeepResult Committed(ParsedEvent[] events, RequestOutcome outcome)
    {
        var receipts = outcome.Earlier is { } earlier
            ? Receipts.Repeated(earlier, events)
            : _receipts.Of(events, SettledEvents.InOrder(events, outcome.Items).Span);
        return new KeepResult(receipts, null);
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

    private Task<RequestOutcome> SettleAsync(PendingRequest request, Arrival arrival) =>
        TryEnqueue(request, arrival) ? request.Settled : Task.FromResult(new RequestOutcome(AppendResult.StorageDown));

    private RequestSignature? SignatureOf(ParsedEvent[] events, Arrival arrival, ItemOutcome[]? settled) =>
        arrival.Signed is { } signed ? SignatureOf(events, signed, settled) : null;

    // Nothing is remembered for a request that has no effect: its signature is still valid for the real one.
    private RequestSignature SignatureOf(ParsedEvent[] events, SignedAt signed, ItemOutcome[]? settled)
    {
        var hasEffect = Array.Exists(events, parsed => parsed.Problem is null && parsed.Quarantine != QuarantineReason.TestSend);
        Func<ReadOnlyMemory<ItemOutcome>, KeptReceipt[]> receipts = items =>
            Array.ConvertAll(
                _receipts.Of(events, settled is null ? SettledEvents.InOrder(events, items).Span : SettledEvents.Fill(settled, items)),
                receipt => new KeptReceipt(receipt.Id ?? Guid.Empty, receipt.Code)
            );
        var digest = EventId.Derive("signature/" + source.Name, signed.Signature).Value;
        return new RequestSignature(signed.Day, digest, hasEffect ? receipts : null)
        {
            HasUnlinkable = Array.Exists(events, parsed => parsed.Quarantine == QuarantineReason.TooManyAddresses),
        };
    }

    private PendingRequest Request(ParsedEvent[] events, RequestBody body, DateTimeOffset receivedAt, RequestSignature? signature)
    {
        if (events is [{ Event: { } only }])
        {
            return new PendingRequest([only], [], body.Memory, receivedAt)
            {
                BodyLease = body.Retain(),
                Signature = signature,
                IsReport = source.IsReporting,
            };
        }

        var pending = new List<PendingEvent>(events.Length);
        var texts = new List<ReadOnlyMemory<byte>>(events.Length);
        var held = new List<QuarantineEntry>();
        for (var i = 0; i < events.Length; i++)
        {
            if (events[i].Event is { } appended)
            {
                pending.Add(appended);
                texts.Add(events[i].Text);
            }
            else
            {
                held.Add(entries.Of(events[i], receivedAt));
            }
        }

        return new PendingRequest([.. pending], [.. held], body.Memory, receivedAt)
        {
            Texts = [.. texts],
            BodyLease = body.Retain(),
            Signature = signature,
        };
    }

    // The sender has no response until the second commit, and a retry gets the same result.
    private Task<KeepResult> KeepUnlinkableAsync(ParsedEvent[] events, RequestOutcome outcome, RequestBody body, Arrival arrival)
    {
        var (held, outcomes) = SettledEvents.HoldUnlinkable(events, SettledEvents.InOrder(events, outcome.Items).Span);
        return KeepRestAsync(held, outcomes, signature: null, body, arrival);
    }

    // The database refused the content of an event. Several events are appended once more, each as a request of its own: the group commit
    // then finds those that it cannot store, and the others are accepted. What is left out is kept last, with the signature.
    private async Task<KeepResult> KeepUnstorableAsync(ParsedEvent[] events, RequestBody body, Arrival arrival)
    {
        var (each, outcomes, problem) = events is [{ Event: not null } only]
            ? ([only.HeldFor(QuarantineReason.Unstorable)], [SettledEvents.Unsettled], null)
            : await KeepEachAsync(events, body, arrival);
        if (problem is not null)
        {
            return new KeepResult([], problem);
        }

        var (held, settled) = SettledEvents.HoldUnlinkable(each, outcomes);
        return await KeepRestAsync(held, settled, SignatureOf(held, arrival, settled), body, arrival);
    }

    private async Task<(ParsedEvent[] Events, ItemOutcome[] Outcomes, IngestProblem? Problem)> KeepEachAsync(
        ParsedEvent[] events,
        RequestBody body,
        Arrival arrival
    )
    {
        var (each, outcomes) = ((ParsedEvent[])events.Clone(), new ItemOutcome[events.Length]);
        var requests = new PendingRequest?[events.Length];
        for (var i = 0; i < each.Length; i++)
        {
            if (each[i].Event is not { } pending)
            {
                continue;
            }

            var request = new PendingRequest([pending], [], each[i].Text, arrival.ReceivedAt) { BodyLease = body.Retain() };
            if (!TryEnqueue(request, arrival))
            {
                return (each, outcomes, IngestProblem.QueueFull);
            }

            requests[i] = request;
        }

        for (var i = 0; i < each.Length; i++)
        {
            if (requests[i] is not { } request)
            {
                continue;
            }

            var outcome = await request.Settled;
            if (outcome.Result == AppendResult.Unstorable)
            {
                each[i] = each[i].HeldFor(QuarantineReason.Unstorable);
            }
            else if (outcome.Result == AppendResult.Committed)
            {
                outcomes[i] = outcome.Items.Span[0];
            }
            else
            {
                return (each, outcomes, Failed(outcome).Problem);
            }
        }

        return (each, outcomes, null);
    }

    // Commits the entries of the events that no commit has settled. The receipts of the signature are made inside the commit, and read the
    // body.
    private async Task<KeepResult> KeepRestAsync(
        ParsedEvent[] events,
        ItemOutcome[] settled,
        RequestSignature? signature,
        RequestBody body,
        Arrival arrival
    )
    {
        var rest = events.Where((_, i) => settled[i] == SettledEvents.Unsettled).Select(parsed => entries.Of(parsed, arrival.ReceivedAt));
        var request = new PendingRequest([], [.. rest], default, arrival.ReceivedAt) { BodyLease = body.Retain(), Signature = signature };
        var outcome = await SettleAsync(request, arrival);
        return outcome switch
        {
            { Result: not AppendResult.Committed } => Failed(outcome),
            { Earlier: { } earlier } => new KeepResult(Receipts.Repeated(earlier, events), null),
            _ => new KeepResult(_receipts.Of(events, SettledEvents.Fill(settled, outcome.Items)), null),
        };
    }
}

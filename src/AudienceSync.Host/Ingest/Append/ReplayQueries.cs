using AudienceSync.Domain.Events;
using AudienceSync.Host.EventStore;
using Npgsql;

namespace AudienceSync.Host.Ingest.Append;

/// <summary>
/// Finds, under the log's lock, the requests of a batch whose signature was appended before, and leaves them out; remembers the signatures
/// of the others in the same transaction.
/// <para>
/// <b>Cost.</b> Nothing for a request whose events have their ids in the signed bytes: it has no <see cref="RequestSignature"/>. Otherwise
/// one row, and when the batch is read for, one lookup by key in the round trip that is made anyway. A batch that is appended without
/// reading is refused by the primary key if one of its signatures already exists, whichever Host received it.
/// </para>
/// </summary>
internal sealed class ReplayQueries
{
    private readonly Dictionary<Guid, RequestSignature> _signatures = [];
    private readonly HashSet<DateOnly> _days = [];
    private readonly RecentEvents _recent = new(eventsPerGeneration: 50_000);
    private readonly List<RequestSignature> _withoutEffect = [];
    private readonly HashSet<RequestSignature> _repeats = [];
    private readonly Dictionary<Guid, KeptReceipt[]> _receipts = [];

    /// <summary>Whether anything is to be looked up or written.</summary>
    public bool HasLookups => _signatures.Count > 0;

    /// <summary>
    /// Whether the batch must be read for: this host committed one of its signatures recently, or one is only to be looked up.
    /// </summary>
    public bool MustRead =>
        HasLookups && _signatures.Values.Any(signature => !signature.HasEffect || _recent.Contains(new EventId(signature.Digest)));

    /// <summary>Starts a batch: finds those of its requests that repeat one another.</summary>
    public void Begin(IReadOnlyList<PendingRequest> batch)
    {
        _signatures.Clear();
        _withoutEffect.Clear();
        _repeats.Clear();
        _receipts.Clear();
        for (var i = 0; i < batch.Count; i++)
        {
            if (batch[i].Signature is { } signature)
            {
                Begin(signature);
            }
        }

        foreach (var signature in _withoutEffect)
        {
            ResolveWithoutEffect(signature);
        }
    }

    private void Begin(RequestSignature signature)
    {
        if (!signature.HasEffect)
        {
            _withoutEffect.Add(signature);
        }
        else if (!_signatures.TryAdd(signature.Digest, signature))
        {
            _repeats.Add(signature);
        }
    }

    // A request without effect repeats one of the batch that has an effect, or one that is found in the store; otherwise it is not a
    // repeat.
    private void ResolveWithoutEffect(RequestSignature signature)
    {
        if (
            !_signatures.TryAdd(signature.Digest, signature)
            && _signatures[signature.Digest] is var first
            && first != signature
            && (first.HasEffect || _repeats.Contains(first))
        )
        {
            _repeats.Add(signature);
        }
    }

    /// <summary>One command for each day of signatures, nearly always one: so only the partition of that day is read.</summary>
    public void AddReads(NpgsqlBatch commands)
    {
        foreach (var day in _signatures.Values.GroupBy(signature => signature.Day))
        {
            commands.BatchCommands.Add(
                Sql.Command(AppendSql.KnownSignatures, Sql.Of(day.Key), Sql.Of(day.Select(signature => signature.Digest).ToList()))
            );
        }
    }

    /// <summary>Reads the results of <see cref="AddReads"/>, which come last.</summary>
    public async Task ReadAsync(NpgsqlDataReader reader, CancellationToken cancellationToken)
    {
        while (await reader.NextResultAsync(cancellationToken))
        {
            while (await reader.ReadAsync(cancellationToken))
            {
                _repeats.Add(_signatures[reader.GetGuid(0)]);
                _receipts[reader.GetGuid(0)] = RequestSignature.Decode(reader.GetFieldValue<byte[]>(1));
            }
        }

        foreach (var signature in _withoutEffect)
        {
            ResolveWithoutEffect(signature);
        }
    }

    /// <summary>The batch without its repeats.</summary>
    public IReadOnlyList<PendingRequest> First(IReadOnlyList<PendingRequest> batch) =>
        _repeats.Count > 0 ? [.. batch.Where(request => !IsRepeat(request))] : batch;

    /// <summary>
    /// The receipts of the first request with the same signature, in this commit or an earlier one; null for a request that repeats none.
    /// </summary>
    public KeptReceipt[]? Earlier(PendingRequest request) => IsRepeat(request) ? _receipts[request.Signature!.Digest] : null;

    /// <summary>
    /// Remembers the new signatures, except while an event of their request is left out: the entry for it is only written by the next
    /// commit. The partition of a day is created before its first signature.
    /// </summary>
    /// <param name="commands">Receives the writes.</param>
    /// <param name="first">The batch without its repeats.</param>
    /// <param name="items">The outcomes of its items, request by request.</param>
    public void AddWrites(List<NpgsqlBatchCommand> commands, IReadOnlyList<PendingRequest> first, ReadOnlyMemory<ItemOutcome> items)
    {
        if (!HasLookups)
        {
            return;
        }

        var (days, digests, receipts) = (new List<DateOnly>(), new List<Guid>(), new List<byte[]>());
        foreach (var request in first)
        {
            var outcomes = items[..request.Size];
            items = items[request.Size..];
            if (request.Signature is not { HasEffect: true } signature)
            {
                continue;
            }

            _receipts[signature.Digest] = signature.ReceiptsFor(outcomes);
            if (signature.HasUnlinkable || outcomes.Span.Contains(ItemOutcome.Unlinkable))
            {
                continue;
            }

            days.Add(signature.Day);
            digests.Add(signature.Digest);
            receipts.Add(RequestSignature.Encode(_receipts[signature.Digest]));
            if (_days.Add(signature.Day))
            {
                commands.Add(Sql.Command(AppendSql.EnsureSignatures, Sql.Of(signature.Day)));
            }
        }

        if (days.Count > 0)
        {
            commands.Add(Sql.Command(AppendSql.Signatures, Sql.Of(days), Sql.Of(digests), Sql.Of(receipts)));
        }
    }

    /// <summary>Takes over the committed signatures.</summary>
    public void Store()
    {
        if (HasLookups)
        {
            _recent.Store([.. _signatures.Values.Where(signature => signature.HasEffect).Select(signature => signature.Digest)]);
        }
    }

    /// <summary>
    /// After a rollback, or on another connection: partitions created meanwhile may have been rolled back, or dropped because of their age.
    /// </summary>
    public void ForgetDays() => _days.Clear();

    private bool IsRepeat(PendingRequest request) => request.Signature is { } signature && _repeats.Contains(signature);
}

using AudienceSync.Domain.Events;
using Npgsql;

namespace AudienceSync.Host.Storage.Log;

/// <summary>
/// Finds, under the log's lock, the requests of a batch whose signature was appended before, and leaves them out; remembers the signatures of the others in
/// the same transaction.
/// <para>
/// <b>What it costs.</b> Nothing for a request whose events have their ids in the signed bytes: it carries no <see cref="RequestSignature"/>. Otherwise one row, and where
/// the batch is read for, one look-up by key in the round trip that is made anyway. A batch that is appended unread is refused by the primary key should a
/// signature of it be there, by whichever Host it came.
/// </para>
/// </summary>
internal sealed class ReplayCheck
{
    private readonly Dictionary<Guid, RequestSignature> _asked = [];
    private readonly HashSet<DateOnly> _days = [];
    private readonly RecentEvents _recent = new(eventsPerGeneration: 50_000);
    private readonly List<RequestSignature> _withoutEffect = [];
    private bool _repeats;

    /// <summary>Whether anything is to be asked for or written.</summary>
    public bool Asks => _asked.Count > 0;

    /// <summary>Whether the batch must be read for: this host committed a signature of it lately, or one is only to be looked for.</summary>
    public bool MustRead => Asks && _asked.Values.Any(signature => !signature.HasEffect || _recent.Contains(new EventId(signature.Digest)));

    /// <summary>Starts a batch: tells those of its requests that repeat one another.</summary>
    public void Begin(IReadOnlyList<PendingRequest> batch)
    {
        _asked.Clear();
        _withoutEffect.Clear();
        _repeats = false;
        for (var i = 0; i < batch.Count; i++)
        {
            if (batch[i].Signature is { } signature)
            {
                signature.Reset();
                Begin(signature);
            }
        }

        foreach (var signature in _withoutEffect)
        {
            Follow(signature);
        }
    }

    private void Begin(RequestSignature signature)
    {
        if (!signature.HasEffect)
        {
            _withoutEffect.Add(signature);
        }
        else if (!_asked.TryAdd(signature.Digest, signature))
        {
            signature.Repeats(_asked[signature.Digest]);
            _repeats = true;
        }
    }

    // A request without effect repeats one of the batch that has one, or one that is found; otherwise it is what it is.
    private void Follow(RequestSignature signature)
    {
        if (!_asked.TryAdd(signature.Digest, signature) && _asked[signature.Digest] is var first && first != signature && (first.HasEffect || first.IsRepeat))
        {
            signature.Repeats(first);
            _repeats = true;
        }
    }

    /// <summary>One command for each day of signatures, nearly always one: so only the partition of that day is read.</summary>
    public void AddReads(NpgsqlBatch commands)
    {
        foreach (var day in _asked.Values.GroupBy(signature => signature.Day))
        {
            commands.BatchCommands.Add(Sql.Command(AppendSql.KnownSignatures, Sql.Of(day.Key), Sql.Of(day.Select(signature => signature.Digest).ToList())));
        }
    }

    /// <summary>Reads the results of <see cref="AddReads"/>, which come last.</summary>
    public async Task ReadAsync(NpgsqlDataReader reader, CancellationToken cancellationToken)
    {
        while (await reader.NextResultAsync(cancellationToken))
        {
            while (await reader.ReadAsync(cancellationToken))
            {
                _asked[reader.GetGuid(0)].Repeats(reader.GetFieldValue<byte[]>(1));
                _repeats = true;
            }
        }

        foreach (var signature in _withoutEffect)
        {
            Follow(signature);
        }
    }

    /// <summary>The batch without its repeats.</summary>
    public IReadOnlyList<PendingRequest> First(IReadOnlyList<PendingRequest> batch) =>
        _repeats ? [.. batch.Where(request => request.Signature is not { IsRepeat: true })] : batch;

    /// <summary>Remembers the signatures that are new. A day that was not seen yet gets its partition first.</summary>
    public void AddWrites(NpgsqlBatch commands)
    {
        if (!Asks)
        {
            return;
        }

        var (days, digests, receipts) = (new List<DateOnly>(), new List<Guid>(), new List<byte[]>());
        foreach (var signature in _asked.Values.Where(signature => signature is { IsRepeat: false, HasEffect: true }))
        {
            var kept = signature.Give();
            if (!signature.IsKept())
            {
                continue;
            }

            days.Add(signature.Day);
            digests.Add(signature.Digest);
            receipts.Add(kept);
            if (_days.Add(signature.Day))
            {
                commands.BatchCommands.Add(Sql.Command(AppendSql.EnsureSignatures, Sql.Of(signature.Day)));
            }
        }

        if (days.Count > 0)
        {
            commands.BatchCommands.Add(Sql.Command(AppendSql.Signatures, Sql.Of(days), Sql.Of(digests), Sql.Of(receipts)));
        }
    }

    /// <summary>Takes over what was committed.</summary>
    public void Learn()
    {
        if (Asks)
        {
            _recent.Learn([.. _asked.Values.Where(signature => signature.HasEffect).Select(signature => signature.Digest)]);
        }
    }

    /// <summary>After a rollback, or on another connection: partitions made meanwhile may be gone with it, or dropped by their age.</summary>
    public void ForgetDays() => _days.Clear();
}

using System.Diagnostics;
using AudienceSync.Host.Ingest.Quarantine;

namespace AudienceSync.Host.Ingest.Append;

/// <summary>The part of one HTTP request that is written to the log. All of it is committed, or none.</summary>
/// <param name="Events">Events to append.</param>
/// <param name="Quarantined">Items that could not become an event.</param>
/// <param name="Body">The body as it was sent; must stay unchanged until the outcome of the commit is known.</param>
/// <param name="ReceivedAt">When it was received.</param>
public sealed record PendingRequest(
    PendingEvent[] Events,
    QuarantineEntry[] Quarantined,
    ReadOnlyMemory<byte> Body,
    DateTimeOffset ReceivedAt)
{
    /// <summary>Its signature, when it must be remembered: see <see cref="RequestSignature"/>. Null for most requests.</summary>
    public RequestSignature? Signature { get; init; }

    /// <summary>Keeps <see cref="Body"/> alive. Disposed when the request is settled, whether or not its sender still waits.</summary>
    public IDisposable? BodyLease { get; init; }

    // Continuations run within Settle: one thread settles a whole batch and wakes no other thread for it.
    private readonly TaskCompletionSource<AppendResult> _settled = new();

    /// <summary>Its outcome. Nothing may be claimed about it unless this is <see cref="AppendResult.Committed"/>.</summary>
    public Task<AppendResult> Settled => _settled.Task;

    /// <summary>The people it names, item by item.</summary>
    public IEnumerable<Mention> Mentions =>
        Events.Select(pending => pending.Mention).Concat(Quarantined.Select(entry => entry.Mention).OfType<Mention>());

    /// <summary>The body as it may be kept: items that name an erased person are replaced by <c>null</c> and blanks.</summary>
    public ReadOnlySpan<byte> KeptBody()
    {
        if (!Events.Any(pending => pending.IsErased) && Array.TrueForAll(Quarantined, entry => entry.Mention?.Erasure is null))
        {
            return Body.Span;
        }

        var kept = Body.ToArray();
        foreach (var mention in Mentions.Where(mention => mention is { Erasure: not null, Text.IsEmpty: false }))
        {
            if (Body.Span.Overlaps(mention.Text.Span, out var start))
            {
                var hole = kept.AsSpan(start, mention.Text.Length);
                hole.Fill((byte)' ');
                "null"u8.CopyTo(hole);
            }
        }

        return kept;
    }

    /// <summary>When it was queued, on the group commit's clock.</summary>
    internal long QueuedAt { get; set; }

    /// <summary>The span of its webhook, when there is one.</summary>
    internal ActivityContext Trace { get; set; }

    public int Size => Events.Length + Quarantined.Length;

    /// <summary>
    /// Called once, by the group commit, when nothing reads the body any longer. False when the sender no longer waited: see
    /// <see cref="GiveUp"/>.
    /// </summary>
    public bool Settle(AppendResult result)
    {
        var waited = _settled.TrySetResult(result);
        BodyLease?.Dispose();
        return waited;
    }

    /// <summary>
    /// Ends the wait of the sender with <see cref="AppendResult.TooSlow"/>. The request stays in the queue or its commit: it may still be
    /// committed, and its body is in use until it is settled.
    /// </summary>
    public void TimeOut() => _settled.TrySetResult(AppendResult.TooSlow);
}

namespace AudienceSync.Host.Storage.Log;

/// <summary>What one HTTP request brings to the log. All of it is committed, or none.</summary>
/// <param name="Events">Events to append.</param>
/// <param name="Quarantined">What could not become an event.</param>
/// <param name="Body">The body as it was sent; must stay unchanged until the commit is known.</param>
/// <param name="ReceivedAt">When.</param>
public sealed record PendingRequest(
    PendingEvent[] Events,
    QuarantineEntry[] Quarantined,
    ReadOnlyMemory<byte> Body,
    DateTimeOffset ReceivedAt)
{
    /// <summary>Its signature, when it must be remembered: see <see cref="RequestSignature"/>. Null for most requests.</summary>
    public RequestSignature? Signature { get; init; }

    /// <summary>What keeps <see cref="Body"/> alive. Released when the request is settled, whether or not anybody still waits for it.</summary>
    public IDisposable? BodyLease { get; init; }

    // Whoever waits goes on within Settle: a batch is settled by one thread that wakes nobody else for it.
    private readonly TaskCompletionSource<AppendResult> _settled = new();

    /// <summary>What became of it. Only <see cref="AppendResult.Committed"/> lets anything be claimed of it.</summary>
    public Task<AppendResult> Settled => _settled.Task;

    /// <summary>Whom it names, item by item.</summary>
    public IEnumerable<Mention> Mentions =>
        Events.Select(pending => pending.Mention).Concat(Quarantined.Select(entry => entry.Mention).OfType<Mention>());

    /// <summary>The body as it may be kept: items that name somebody erased are <c>null</c> in it, and blanks.</summary>
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

    public int Size => Events.Length + Quarantined.Length;

    /// <summary>
    /// Called once, by whoever commits, when nothing reads the body any more. False when nobody waited any more: see <see cref="GiveUp"/>.
    /// </summary>
    public bool Settle(AppendResult result)
    {
        var waited = _settled.TrySetResult(result);
        BodyLease?.Dispose();
        return waited;
    }

    /// <summary>
    /// Whoever waits goes on with <see cref="AppendResult.TooSlow"/>. The request stays where it is: it may be committed yet, and until it is settled its body is read.
    /// </summary>
    public void GiveUp() => _settled.TrySetResult(AppendResult.TooSlow);
}

using AudienceSync.Domain.Identity;
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
    DateTimeOffset ReceivedAt
)
{
    // Continuations run within Settle: one thread settles a whole batch and wakes no other thread for it.
    private readonly TaskCompletionSource<RequestOutcome> _settled = new();

    /// <summary>The part of the body from which each event was read; null when the body is one event.</summary>
    public ReadOnlyMemory<byte>[]? Texts { get; init; }

    /// <summary>Whether its body is a report, which is kept longer than other bodies, and can be replayed.</summary>
    public bool IsReport { get; init; }

    /// <summary>Its signature, when it must be remembered: see <see cref="RequestSignature"/>. Null for most requests.</summary>
    public RequestSignature? Signature { get; init; }

    /// <summary>Keeps <see cref="Body"/> alive. Disposed when the request is settled, whether or not its sender still waits.</summary>
    public IDisposable? BodyLease { get; init; }

    /// <summary>Its outcome. Nothing may be claimed about it unless this is <see cref="AppendResult.Committed"/>.</summary>
    public Task<RequestOutcome> Settled => _settled.Task;

    /// <summary>The number of its items.</summary>
    public int Size => Events.Length + Quarantined.Length;

    /// <summary>The body as it may be kept: items that name an erased person are replaced by <c>null</c> and blanks.</summary>
    /// <param name="items">The outcomes of its items, in the order of <see cref="RequestOutcome.Items"/>.</param>
    public ReadOnlySpan<byte> KeptBody(ReadOnlySpan<ItemOutcome> items)
    {
        if (!items.Contains(ItemOutcome.PersonErased))
        {
            return Body.Span;
        }

        var kept = Body.ToArray();
        for (var item = 0; item < items.Length; item++)
        {
            if (
                items[item] == ItemOutcome.PersonErased
                && TextOf(item) is { IsEmpty: false } text
                && Body.Span.Overlaps(text.Span, out var start)
            )
            {
                var hole = kept.AsSpan(start, text.Length);
                hole.Fill((byte)' ');
                "null"u8.CopyTo(hole);
            }
        }

        return kept;
    }

    /// <summary>
    /// Called once, by the group commit, when nothing reads the body any longer. False when the sender no longer waited: see
    /// <see cref="TimeOut"/>.
    /// </summary>
    public bool Settle(RequestOutcome outcome)
    {
        var waited = _settled.TrySetResult(outcome);
        BodyLease?.Dispose();
        return waited;
    }

    /// <summary>
    /// Ends the wait of the sender with <see cref="AppendResult.TooSlow"/>. The request stays in the queue or its commit: it may still be
    /// committed, and its body is in use until it is settled.
    /// </summary>
    public void TimeOut() => _settled.TrySetResult(new RequestOutcome(AppendResult.TooSlow));

    /// <summary>The identifiers that an item names.</summary>
    internal Alias[] AliasesOf(int item) => item < Events.Length ? Events[item].Aliases : Quarantined[item - Events.Length].Named;

    private ReadOnlyMemory<byte> TextOf(int item) =>
        item >= Events.Length ? Quarantined[item - Events.Length].Text
        : Texts is null ? default
        : Texts[item];
}

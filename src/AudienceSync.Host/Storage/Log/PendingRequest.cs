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
    // Whoever waits goes on within Settle: a batch is settled by one thread that wakes nobody else for it.
    private readonly TaskCompletionSource<AppendResult> _settled = new();

    /// <summary>What became of it. Only <see cref="AppendResult.Committed"/> lets anything be claimed of it.</summary>
    public Task<AppendResult> Settled => _settled.Task;

    public int Size => Events.Length + Quarantined.Length;

    public void Settle(AppendResult result) => _settled.TrySetResult(result);
}

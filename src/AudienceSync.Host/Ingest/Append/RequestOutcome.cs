namespace AudienceSync.Host.Ingest.Append;

/// <summary>What became of a request, and of each of its items when it was committed.</summary>
/// <param name="Result">Whether it was committed.</param>
public readonly record struct RequestOutcome(AppendResult Result)
{
    /// <summary>
    /// One for each event and then one for each quarantine entry, in their order. Empty unless it was committed, and for a request whose
    /// signature was received before.
    /// </summary>
    public ReadOnlyMemory<ItemOutcome> Items { get; init; }

    /// <summary>The receipts of the first request with the same signature: then nothing of this one was applied. Null otherwise.</summary>
    public KeptReceipt[]? Earlier { get; init; }

    public bool Has(ItemOutcome outcome) => Items.Span.Contains(outcome);
}

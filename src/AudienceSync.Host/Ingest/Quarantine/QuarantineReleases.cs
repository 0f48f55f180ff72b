using System.Text;
using AudienceSync.Host.Ingest.Reading;
using AudienceSync.Host.Privacy;

namespace AudienceSync.Host.Ingest.Quarantine;

/// <summary>A quarantined event with, if requested, the body that was sent.</summary>
public sealed record QuarantineEntryView(QuarantineView Entry, string? Body);

/// <summary>
/// Releases quarantined events: the kept body passes through the ingest path once more, as if it had just been received, and its event is
/// appended under the id it would have had. An entry that still cannot be applied stays, with the current reason.
/// <para>
/// <b>Failures.</b> The event is appended first and the entry closed after it. A crash between the two leaves the entry open; releasing it
/// again finds the event in the log by its id and only closes the entry. The same happens when the sender has redelivered the event
/// meanwhile.
/// </para>
/// </summary>
/// <param name="queries">Reads and closes the entries.</param>
/// <param name="inboxes">By source: an entry of a source that is no longer configured stays.</param>
/// <param name="seal">Opens bodies.</param>
/// <param name="clock">Determines which times are no longer in the future.</param>
public sealed class QuarantineReleases(
    QuarantineQueries queries,
    IReadOnlyDictionary<string, WebhookInbox> inboxes,
    BodySeal seal,
    TimeProvider clock
)
{
    /// <summary>Null when there is no such entry.</summary>
    public async Task<QuarantineEntryView?> ShowAsync(Guid id, bool withBody, CancellationToken cancellationToken) =>
        await queries.FindAsync(id, cancellationToken) is { } kept
            ? new QuarantineEntryView(kept.View, withBody ? Encoding.UTF8.GetString(Open(kept)) : null)
            : null;

    /// <summary>Null when there is no such entry, or it is no longer open.</summary>
    public async Task<ReleaseResult?> ReleaseAsync(Guid id, CancellationToken cancellationToken) =>
        await queries.FindAsync(id, cancellationToken) is { View.State: QuarantineStates.Open } kept
            ? await ReleaseAsync(kept, cancellationToken)
            : null;

    /// <summary>Releases the entries held for this reason, the oldest first.</summary>
    public async Task<IReadOnlyList<ReleaseResult>> ReleaseAllAsync(string reason, int limit, CancellationToken cancellationToken)
    {
        var results = new List<ReleaseResult>();
        foreach (var id in await queries.WaitingAsync(reason, limit, cancellationToken))
        {
            if (await ReleaseAsync(id, cancellationToken) is { } result)
            {
                results.Add(result);
            }
        }

        return results;
    }

    /// <summary>Discards an entry. Its body stays until its retention ends. False when it is not open.</summary>
    public Task<bool> DiscardAsync(Guid id, CancellationToken cancellationToken) =>
        queries.CloseAsync(id, QuarantineStates.Discarded, cancellationToken);

    private async Task<ReleaseResult> ReleaseAsync(KeptEntry kept, CancellationToken cancellationToken)
    {
        if (
            kept.View.Refused
            || kept.View.Reason == QuarantineReason.TestSend.Code
            || !inboxes.TryGetValue(kept.View.Source, out var inbox)
        )
        {
            // Its sender received a refusal, or it was never meant to take effect, or the settings to read its source no longer exist.
            return new ReleaseResult(kept.View.Id, ReleaseResult.Held, null, kept.View.Reason);
        }

        using var body = BodyJson.Reopen(Open(kept));
        var result = await inbox.ReleaseAsync(body, kept.EventId, kept.View.FirstSeenAt, clock.GetUtcNow());
        if (result is not { Problem: null, Receipts: [var receipt] })
        {
            return new ReleaseResult(kept.View.Id, ReleaseResult.Held, null, IngestProblem.StorageDown.Code);
        }

        if (receipt.Status != Receipt.Accepted)
        {
            return new ReleaseResult(kept.View.Id, ReleaseResult.Held, null, receipt.Code);
        }

        await queries.CloseAsync(kept.View.Id, QuarantineStates.Released, cancellationToken);
        return new ReleaseResult(kept.View.Id, ReleaseResult.Released, receipt.Id, null);
    }

    private byte[] Open(KeptEntry kept) => seal.Open(kept.View.FirstSeenAt, kept.KeyVersion, kept.Cipher);
}

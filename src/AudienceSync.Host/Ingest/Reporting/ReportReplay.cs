using AudienceSync.Host.Ingest.Quarantine;

namespace AudienceSync.Host.Ingest.Reporting;

/// <summary>What a replay did.</summary>
/// <param name="Read">Stored reports that were read again.</param>
/// <param name="Accepted">Of these, those that became a new event.</param>
/// <param name="Duplicates">Those whose event was in the log.</param>
/// <param name="Kept">Those that are still, or now, held.</param>
/// <param name="Skipped">Those of a source that is no longer a reporting source.</param>
/// <param name="Released">Held reports that became an event.</param>
/// <param name="Held">Held reports that stay held.</param>
public sealed record ReplayResult(long Read, long Accepted, long Duplicates, long Kept, long Skipped, long Released, long Held);

/// <summary>
/// Reads stored reports again, as if they had been received at the same time as before: after a fault of the reader, or of the database.
/// What is in the log already is a duplicate, so a replay can be repeated and interrupted. Held reports of the period are released if they
/// can be read now.
/// </summary>
/// <param name="archive">The stored reports.</param>
/// <param name="inboxes">By source.</param>
/// <param name="queries">Finds what is held.</param>
/// <param name="releases">Releases it.</param>
/// <param name="clock">The time of the replay.</param>
public sealed class ReportReplay(
    ReportArchiveStore archive,
    IReadOnlyDictionary<string, WebhookInbox> inboxes,
    QuarantineQueries queries,
    QuarantineReleases releases,
    TimeProvider clock
)
{
    /// <summary>Held reports that are read at once.</summary>
    private const int Page = 500;

    private readonly List<WebhookInbox> _reporting = [.. inboxes.Values.Where(inbox => inbox.Source.IsReporting)];

    /// <summary>Replays a period.</summary>
    /// <param name="from">The start.</param>
    /// <param name="to">The end, which does not belong to it.</param>
    /// <param name="cancellationToken">Stops in between.</param>
    /// <returns>What was done; with the problem that ended it, if storage did not take a report.</returns>
    public async Task<(ReplayResult Result, IngestProblem? Problem)> RunAsync(
        DateTimeOffset from,
        DateTimeOffset to,
        CancellationToken cancellationToken
    )
    {
        var result = new ReplayResult(0, 0, 0, 0, 0, 0, 0);
        await foreach (var report in archive.ReadAsync(from, to, cancellationToken))
        {
            result = result with { Read = result.Read + 1 };
            if (InboxOf(report.Source) is not { } inbox)
            {
                result = result with { Skipped = result.Skipped + 1 };
                continue;
            }

            var kept = await ReadAgainAsync(inbox, report);
            if (kept.Problem is { } problem)
            {
                return (result, problem);
            }

            result = kept.Receipts[0] switch
            {
                { Status: Receipt.Accepted, Duplicate: true } => result with { Duplicates = result.Duplicates + 1 },
                { Status: Receipt.Accepted } => result with { Accepted = result.Accepted + 1 },
                _ => result with { Kept = result.Kept + 1 },
            };
        }

        return (await ReleaseAsync(result, from, to, cancellationToken), null);
    }

    // An event that the log has lost no longer names its source; with a single one there is no doubt.
    private WebhookInbox? InboxOf(string? source) =>
        source is not null ? _reporting.Find(inbox => inbox.Source.Name == source)
        : _reporting.Count == 1 ? _reporting[0]
        : null;

    private async Task<KeepResult> ReadAgainAsync(WebhookInbox inbox, StoredReport report)
    {
        using var body = RequestBody.Of(report.Body);
        return await inbox.AcceptReportAsync(body, new Arrival(report.ReceivedAt, default, null, null, clock.GetTimestamp()));
    }

    private async Task<ReplayResult> ReleaseAsync(
        ReplayResult result,
        DateTimeOffset from,
        DateTimeOffset to,
        CancellationToken cancellationToken
    )
    {
        string[] sources = [.. _reporting.Select(inbox => inbox.Source.Name)];
        var after = Guid.Empty;
        while (true)
        {
            var held = await queries.HeldOfAsync(sources, from, to, after, Page, cancellationToken);
            foreach (var id in held)
            {
                var released = await releases.ReleaseAsync(id, cancellationToken) is { Status: ReleaseResult.Released };
                result = released ? result with { Released = result.Released + 1 } : result with { Held = result.Held + 1 };
            }

            if (held.Count < Page)
            {
                return result;
            }

            after = held[^1];
        }
    }
}

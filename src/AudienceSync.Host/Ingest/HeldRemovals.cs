using System.Security.Cryptography;
using AudienceSync.Domain;
using AudienceSync.Host.Privacy;
using AudienceSync.Host.Storage.Status;

namespace AudienceSync.Host.Ingest;

/// <summary>
/// Releases removals that waited for their key to be published. An add of an unknown key waits for a human, who may find the journey wrong; a
/// removal is right whatever the key turns out to be, and an add that comes first after the publication would otherwise outlive it.
/// </summary>
/// <param name="queries">The entries.</param>
/// <param name="desk">Releases one.</param>
/// <param name="sources">The sources whose webhooks this Host can read.</param>
public sealed class HeldRemovals(QuarantineQueries queries, QuarantineReleases releases, IReadOnlyList<string> sources)
{
    /// <summary>Releases all whose key is known. Returns how many were.</summary>
    public async Task<int> ReleaseAsync(CancellationToken cancellationToken)
    {
        var released = 0;
        for (var settled = Limits.EventsPerRequest; settled == Limits.EventsPerRequest;)
        {
            settled = 0;
            foreach (var id in await queries.RemovalsAsync(sources, Limits.EventsPerRequest, cancellationToken))
            {
                var code = await ReleaseAsync(id, cancellationToken);
                released += code is null ? 1 : 0;
                settled += await SettleAsync(id, code, cancellationToken) ? 1 : 0;
            }
        }

        return released;
    }

    // Null when it is open no more, else why it still waits.
    private async Task<string?> ReleaseAsync(Guid id, CancellationToken cancellationToken)
    {
        try
        {
            return (await releases.ReleaseAsync(id, cancellationToken))?.Code;
        }
        catch (MasterKeyAbsentException)
        {
            return IngestProblem.StorageDown.Code;
        }
        catch (AuthenticationTagMismatchException)
        {
            return QuarantineReason.Unstorable.Code;
        }
    }

    // What storage or a missing master key keeps closed is tried again, and so is what was judged by keys that this Host has not read yet. What still
    // cannot be applied is a human's from now on.
    private async Task<bool> SettleAsync(Guid id, string? code, CancellationToken cancellationToken)
    {
        if (code == IngestProblem.StorageDown.Code || code == QuarantineReason.UnknownAudienceKey.Code)
        {
            return false;
        }

        if (code is not null)
        {
            await queries.LeaveAsync(id, cancellationToken);
        }

        return true;
    }
}

using System.Security.Cryptography;
using AudienceSync.Domain;
using AudienceSync.Host.Audiences;
using AudienceSync.Host.Privacy.Keys;

namespace AudienceSync.Host.Ingest.Quarantine;

/// <summary>
/// Releases removals that waited for their key to be published. An add of an unknown key waits for an operator, who may find that the
/// journey is wrong; a removal is correct whatever the key turns out to be, and otherwise an add that arrives first after the publication
/// would outlive it.
/// </summary>
/// <param name="queries">Reads the entries.</param>
/// <param name="releases">Releases one entry.</param>
/// <param name="sources">The sources whose webhooks this Host can read.</param>
public sealed class HeldRemovals(QuarantineQueries queries, QuarantineReleases releases, IReadOnlyList<string> sources) : IWaitsForKeys
{
    public Task KeysReadAsync(CancellationToken cancellationToken) => ReleaseAsync(cancellationToken);

    /// <summary>Releases all removals whose key is published. Returns how many were released.</summary>
    public async Task<int> ReleaseAsync(CancellationToken cancellationToken)
    {
        var released = 0;
        for (var settled = Limits.EventsPerRequest; settled == Limits.EventsPerRequest; )
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

    // Null when it is no longer open, otherwise why it still waits.
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

    // Entries blocked by storage or by a missing master key are tried again, and so are those evaluated with keys that this Host has not
    // loaded yet. An entry that still cannot be applied is left to an operator from now on.
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

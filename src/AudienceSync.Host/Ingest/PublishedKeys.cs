using AudienceSync.Domain.Audiences;
using AudienceSync.Host.Audiences;

namespace AudienceSync.Host.Ingest;

/// <summary>The audience keys that a workspace has published, in the form that ingest needs: one lookup, no lock.</summary>
/// <param name="keys">The keys that this Host has loaded.</param>
/// <param name="clock">For the minimum interval between two reloads.</param>
public sealed class PublishedKeys(AudienceKeys keys, TimeProvider clock)
{
    /// <summary>Any sender can name keys that are not published; at most one of them each second causes a reload.</summary>
    private static readonly TimeSpan ReloadInterval = TimeSpan.FromSeconds(1);

    /// <summary>The sender waits meanwhile. If storage takes longer, or fails, the commit that follows reports it.</summary>
    private static readonly TimeSpan MaxWait = TimeSpan.FromSeconds(1);

    private long _reloadedAt;

    /// <summary>Null when it is not published.</summary>
    public PublishedKey? Find(string audienceKey) => keys.ByName(audienceKey);

    /// <summary>
    /// Checks whether another Host has published keys since the last load. False when none did, or when the last reload was too recent.
    /// </summary>
    public async Task<bool> ReloadAsync(CancellationToken cancellationToken)
    {
        var before = Interlocked.Read(ref _reloadedAt);
        if (
            (before != 0 && clock.GetElapsedTime(before) < ReloadInterval)
            || Interlocked.CompareExchange(ref _reloadedAt, clock.GetTimestamp(), before) != before
        )
        {
            return false;
        }

        var reload = keys.ReloadAsync(cancellationToken);
        await ((Task)reload).WaitAsync(MaxWait, clock, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return reload.IsCompletedSuccessfully && await reload;
    }
}

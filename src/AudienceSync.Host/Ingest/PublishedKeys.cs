using AudienceSync.Host.Storage.Audiences;

namespace AudienceSync.Host.Ingest;

/// <summary>The audience keys a workspace has published, as ingest asks for them: one lookup, no lock.</summary>
/// <param name="keys">What this Host knows.</param>
/// <param name="clock">For the pause between two looks.</param>
public sealed class PublishedKeys(AudienceKeys keys, TimeProvider clock)
{
    /// <summary>Any sender can name keys that nobody published; each second at most one of them makes us look.</summary>
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    /// <summary>The sender waits meanwhile. Storage that takes longer, or fails, is told by the commit that follows.</summary>
    private static readonly TimeSpan AtMost = TimeSpan.FromSeconds(1);

    private long _lookedAt;

    /// <summary>Null when nobody published it.</summary>
    public PublishedKey? Find(string audienceKey) => keys.ByName(audienceKey);

    /// <summary>Looks whether another Host published meanwhile. False when it did not, or when we looked a moment ago.</summary>
    public async Task<bool> LookAgainAsync(CancellationToken cancellationToken)
    {
        var before = Interlocked.Read(ref _lookedAt);
        if ((before != 0 && clock.GetElapsedTime(before) < Pause)
            || Interlocked.CompareExchange(ref _lookedAt, clock.GetTimestamp(), before) != before)
        {
            return false;
        }

        var reload = keys.ReloadAsync(cancellationToken);
        await ((Task)reload).WaitAsync(AtMost, clock, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return reload.IsCompletedSuccessfully && await reload;
    }
}

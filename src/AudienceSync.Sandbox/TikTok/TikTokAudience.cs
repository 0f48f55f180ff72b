using AudienceSync.Sandbox.Lists;

namespace AudienceSync.Sandbox.TikTok;

/// <summary>A segment audience: its members at once, its size only after a while (contract tiktok 11).</summary>
internal sealed class TikTokAudience(string id, string name, TikTokAccount account, AudienceList list, DateTimeOffset createdAt, bool configured)
{
    /// <summary>Below that an audience cannot be used (contract 11).</summary>
    public const int SmallestUsable = 1_000;

    private static readonly TimeSpan Life = TimeSpan.FromDays(365);
    private static readonly TimeSpan ExpiringWithin = TimeSpan.FromDays(60);

    private readonly Lock gate = new();
    private readonly List<(DateTimeOffset At, int People)> sizes = [];
    private DateTimeOffset expiresAt = createdAt + Life;
    private DateTimeOffset busyUntil;

    public string Id => id;

    public string Name => name;

    public TikTokAccount Account => account;

    public AudienceList List => list;

    public DateTimeOffset CreatedAt => createdAt;

    /// <summary>False when made through the API: a reset takes it away.</summary>
    public bool Configured => configured;

    public DateTimeOffset ExpiresAt
    {
        get
        {
            lock (gate)
            {
                return expiresAt;
            }
        }
    }

    public bool IsExpiring(DateTimeOffset now) => ExpiresAt - now <= ExpiringWithin;

    public bool IsBusy(DateTimeOffset now)
    {
        lock (gate)
        {
            return now < busyUntil;
        }
    }

    public void Changed(DateTimeOffset now)
    {
        lock (gate)
        {
            expiresAt = now + Life;
            busyUntil = now + TimeSpan.FromSeconds(account.Limits.BusyS);
            Look(now);
        }
    }

    /// <summary>The matched people as the platform's pages know them by now.</summary>
    public int Cover(DateTimeOffset now)
    {
        lock (gate)
        {
            // A human edit comes without a call and is seen here first.
            Look(now);
            var settled = now - TimeSpan.FromSeconds(account.Limits.SizeDelayS);
            var known = sizes.FindLastIndex(size => size.At <= settled);
            if (known > 0)
            {
                sizes.RemoveRange(0, known);
            }

            return known < 0 ? 0 : (int)(sizes[0].People * (long)account.Limits.MatchPercent / 100);
        }
    }

    public void Reset()
    {
        lock (gate)
        {
            sizes.Clear();
            expiresAt = createdAt + Life;
            busyUntil = default;
        }
    }

    private void Look(DateTimeOffset now)
    {
        if (sizes.Count == 0 || sizes[^1].People != list.People)
        {
            sizes.Add((now, list.People));
        }
    }
}

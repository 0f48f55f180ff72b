using AudienceSync.Sandbox.Lists;

namespace AudienceSync.Sandbox.TikTok;

/// <summary>A segment audience: its members change immediately, its size only after a delay (contract tiktok 11).</summary>
internal sealed class TikTokAudience(
    string id,
    string name,
    TikTokAccount account,
    AudienceList list,
    DateTimeOffset createdAt,
    bool configured
)
{
    /// <summary>Below this size an audience cannot be used (contract 11).</summary>
    public const int MinUsable = 1_000;

    private static readonly TimeSpan Lifetime = TimeSpan.FromDays(365);
    private static readonly TimeSpan ExpiringWithin = TimeSpan.FromDays(60);

    private readonly Lock gate = new();
    private readonly List<(DateTimeOffset At, int People)> sizes = [];
    private DateTimeOffset expiresAt = createdAt + Lifetime;
    private DateTimeOffset busyUntil;

    public string Id => id;

    public string Name => name;

    public TikTokAccount Account => account;

    public AudienceList List => list;

    public DateTimeOffset CreatedAt => createdAt;

    /// <summary>False when created through the API: a reset removes it.</summary>
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
            expiresAt = now + Lifetime;
            busyUntil = now + TimeSpan.FromSeconds(account.Limits.BusyS);
            RecordSize(now);
        }
    }

    /// <summary>The number of matched people as the platform's UI currently reports it.</summary>
    public int Cover(DateTimeOffset now)
    {
        lock (gate)
        {
            // A manual edit happens without a call and is first detected here.
            RecordSize(now);
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
            expiresAt = createdAt + Lifetime;
            busyUntil = default;
        }
    }

    private void RecordSize(DateTimeOffset now)
    {
        if (sizes.Count == 0 || sizes[^1].People != list.People)
        {
            sizes.Add((now, list.People));
        }
    }
}

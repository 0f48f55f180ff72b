using System.Collections.Concurrent;
using System.Globalization;
using AudienceSync.Sandbox.Budgets;
using AudienceSync.Sandbox.Lists;

namespace AudienceSync.Sandbox.TikTok;

/// <summary>The advertisers and audiences of the simulated TikTok.</summary>
internal sealed class TikTokPlatform(ListRegistry lists, TimeProvider clock) : IPlatform
{
    public const string PlatformName = "tiktok";

    /// <summary>Above 2^53 like the real ids, so that a client that reads them as a double is detected.</summary>
    private const long FirstOwnAudience = 7_300_000_000_000_000_000;

    private readonly Lock gate = new();
    private readonly ConcurrentDictionary<string, TikTokAccount> accounts = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, TikTokAudience> audiences = new(StringComparer.Ordinal);
    private readonly BudgetRegistry budgets = new(TikTokPlatform.PlatformName, clock);
    private long lastNumber;

    public string Name => PlatformName;

    public BudgetRegistry CallBudgets => budgets;

    public IEnumerable<BudgetView> Budgets => budgets.Views;

    public IEnumerable<AccountView> Accounts =>
        Ordered.Select(account => new AccountView(
            Name,
            account.Id,
            Tier: null,
            CallsPerHour: null,
            AudiencesOf(account).Select(audience => audience.Id)
        ));

    private IEnumerable<TikTokAccount> Ordered => accounts.Values.OrderBy(account => account.Id, StringComparer.Ordinal);

    public TikTokAccount? FindAccount(string id) => accounts.GetValueOrDefault(id);

    public TikTokAccount? FirstWithToken(string token) => Ordered.FirstOrDefault(account => account.Settings.Token == token);

    public TikTokAudience? FindAny(string id) => audiences.GetValueOrDefault(id);

    public TikTokAudience? FindAudience(string id) => FindAny(id) is { List.Deleted: false } found ? found : null;

    public IReadOnlyList<TikTokAudience> AudiencesOf(TikTokAccount account) =>
        [
            .. audiences
                .Values.Where(audience => audience.Account == account && !audience.List.Deleted)
                .OrderBy(audience => audience.Id, StringComparer.Ordinal),
        ];

    /// <summary>A number not used in any earlier response.</summary>
    public long NextNumber() => Interlocked.Increment(ref lastNumber);

    public TikTokAudience Create(TikTokAccount account, string name)
    {
        lock (gate)
        {
            var id = (FirstOwnAudience + NextNumber()).ToString(CultureInfo.InvariantCulture);
            return Open(account, id, name, configured: false);
        }
    }

    public string? Upsert(AccountSettings settings)
    {
        lock (gate)
        {
            if (lists.OwnedByAnother(Name, settings.Account, settings.Audiences) is { } taken)
            {
                return $"audience {taken} belongs to another account";
            }

            var account = accounts.GetOrAdd(settings.Account, id => new TikTokAccount(id) { Settings = settings });
            account.Settings = settings;
            foreach (var id in settings.Audiences.Where(id => !audiences.ContainsKey(id)))
            {
                Open(account, id, $"Sandbox audience {id}", configured: true);
            }

            return null;
        }
    }

    // Sizes are computed when they are read; nothing else takes effect later than its call.
    public void Settle() { }

    public void Reset()
    {
        lock (gate)
        {
            budgets.Clear();
            foreach (var audience in audiences.Values)
            {
                audience.Reset();
                if (!audience.Configured)
                {
                    audiences.TryRemove(audience.Id, out _);
                    lists.Forget(audience.Id);
                }
            }
        }
    }

    private TikTokAudience Open(TikTokAccount account, string id, string name, bool configured)
    {
        var list = lists.Open(Name, account.Id, id, IdType.IsKey);
        return audiences[id] = new TikTokAudience(id, name, account, list, clock.GetUtcNow(), configured);
    }
}

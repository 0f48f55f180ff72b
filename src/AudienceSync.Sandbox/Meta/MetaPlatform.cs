using System.Collections.Concurrent;
using System.Globalization;
using AudienceSync.Sandbox.Budgets;
using AudienceSync.Sandbox.Lists;

namespace AudienceSync.Sandbox.Meta;

/// <summary>The accounts and audiences of the simulated Meta.</summary>
internal sealed class MetaPlatform(ListRegistry lists, TimeProvider clock) : IPlatform
{
    public const string PlatformName = "meta";

    /// <summary>Above 2^53 like the real ids, so that a client that reads them as a double is detected.</summary>
    private const long FirstOwnAudience = 23_860_000_000_000_000;

    private const int MaxAudiences = 500;

    private readonly Lock gate = new();
    private readonly ConcurrentDictionary<string, MetaAccount> accounts = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, MetaAudience> audiences = new(StringComparer.Ordinal);
    private long lastNumber;

    public string Name => PlatformName;

    public IEnumerable<AccountView> Accounts =>
        Ordered.Select(account => new AccountView(
            Name,
            account.Id,
            account.Settings.Tier,
            account.CallsPerHour,
            account.Audiences.Select(audience => audience.Id)
        ));

    public IEnumerable<BudgetView> Budgets => Ordered.Select(account => account.Budget.View(account.Id, account.CallsPerHour));

    private IEnumerable<MetaAccount> Ordered => accounts.Values.OrderBy(account => account.Id, StringComparer.Ordinal);

    public MetaAudience? FindAudience(string id) => audiences.GetValueOrDefault(id) is { List.Deleted: false } found ? found : null;

    public MetaAccount? FindAccount(string id) => accounts.GetValueOrDefault(id);

    public MetaAccount? FirstWithToken(string token) => Ordered.FirstOrDefault(account => account.Settings.Token == token);

    /// <summary>A number not used in any earlier response; trace ids and session ids are based on it.</summary>
    public long NextNumber() => Interlocked.Increment(ref lastNumber);

    public string? Upsert(AccountSettings settings)
    {
        lock (gate)
        {
            if (lists.OwnedByAnother(Name, settings.Account, settings.Audiences) is { } taken)
            {
                return $"audience {taken} belongs to another account";
            }

            var account = accounts.GetOrAdd(settings.Account, id => new MetaAccount(id, clock) { Settings = settings });
            account.Settings = settings;
            foreach (var id in settings.Audiences.Where(id => !audiences.ContainsKey(id)))
            {
                Open(account, id, $"Sandbox audience {id}", configured: true);
            }

            Arrange(account);
            return null;
        }
    }

    /// <returns>Null when the account has reached its limit of customer lists (contract 5.1).</returns>
    public MetaAudience? Create(MetaAccount account, string name, bool fetch)
    {
        lock (gate)
        {
            var existing = account.Audiences.Where(audience => !audience.List.Deleted).ToList();
            if (fetch && existing.Find(audience => audience.Name == name) is { } found)
            {
                return found;
            }

            if (existing.Count >= MaxAudiences)
            {
                return null;
            }

            var created = Open(account, (FirstOwnAudience + NextNumber()).ToString(CultureInfo.InvariantCulture), name, configured: false);
            Arrange(account);
            return created;
        }
    }

    // Nothing here takes effect later than its call.
    public void Settle() { }

    public void Reset()
    {
        lock (gate)
        {
            foreach (var audience in audiences.Values)
            {
                audience.Reset();
                if (!audience.Configured)
                {
                    audiences.TryRemove(audience.Id, out _);
                    lists.Forget(audience.Id);
                }
            }

            foreach (var account in accounts.Values)
            {
                account.Budget.Clear();
                Arrange(account);
            }
        }
    }

    private MetaAudience Open(MetaAccount account, string id, string name, bool configured) =>
        audiences[id] = new MetaAudience(id, name, account, lists.Open(Name, account.Id, id, SchemaKey.IsStored), configured);

    private void Arrange(MetaAccount account) =>
        account.Audiences = [
            .. audiences.Values.Where(audience => audience.Account == account).OrderBy(audience => audience.Id, StringComparer.Ordinal),
        ];
}

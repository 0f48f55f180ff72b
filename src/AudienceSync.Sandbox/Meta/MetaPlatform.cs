using System.Collections.Concurrent;
using AudienceSync.Sandbox.Budgets;
using AudienceSync.Sandbox.Lists;

namespace AudienceSync.Sandbox.Meta;

/// <summary>The accounts and audiences that exist at the imitated Meta.</summary>
internal sealed class MetaPlatform(ListRegistry lists, TimeProvider clock) : IPlatform
{
    private readonly Lock gate = new();
    private readonly ConcurrentDictionary<string, MetaAccount> accounts = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, MetaAudience> audiences = new(StringComparer.Ordinal);
    private long lastNumber;

    public string Name => PlatformNames.Meta;

    public IEnumerable<AccountView> Accounts => Ordered.Select(account => new AccountView(
        Name, account.Id, account.Settings.Tier, account.CallsPerHour, account.Audiences.Select(audience => audience.Id)));

    public IEnumerable<BudgetView> Budgets => Ordered.Select(account => account.Budget.View(account.Id, account.CallsPerHour));

    private IEnumerable<MetaAccount> Ordered => accounts.Values.OrderBy(account => account.Id, StringComparer.Ordinal);

    public MetaAudience? FindAudience(string id) => audiences.GetValueOrDefault(id) is { List.Deleted: false } found ? found : null;

    public MetaAccount? FindAccount(string id) => accounts.GetValueOrDefault(id);

    public MetaAccount? FirstWithToken(string token) => Ordered.FirstOrDefault(account => account.Settings.Token == token);

    /// <summary>A number no answer carried before; trace ids and session ids are made of it.</summary>
    public long NextNumber() => Interlocked.Increment(ref lastNumber);

    public string? Upsert(AccountSettings settings)
    {
        lock (gate)
        {
            if (lists.TakenByAnother(Name, settings.Account, settings.Audiences) is { } taken)
            {
                return $"audience {taken} belongs to another account";
            }

            var account = accounts.GetOrAdd(settings.Account, id => new MetaAccount(id, clock) { Settings = settings });
            account.Settings = settings;
            foreach (var id in settings.Audiences)
            {
                audiences.TryAdd(id, new MetaAudience(id, account, lists.Open(Name, account.Id, id, SchemaKey.IsStored)));
            }

            account.Audiences = [.. audiences.Values.Where(audience => audience.Account == account).OrderBy(audience => audience.Id, StringComparer.Ordinal)];
            return null;
        }
    }

    // Nothing here happens later than its call.
    public void Settle()
    {
    }

    public void Reset()
    {
        foreach (var account in accounts.Values)
        {
            account.Budget.Clear();
        }

        foreach (var audience in audiences.Values)
        {
            audience.Reset();
        }
    }
}

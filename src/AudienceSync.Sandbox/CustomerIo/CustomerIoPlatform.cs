using System.Collections.Concurrent;
using AudienceSync.Sandbox.Budgets;

namespace AudienceSync.Sandbox.CustomerIo;

/// <summary>The workspaces of the simulated Customer.io, and the metrics that were reported by delivery id.</summary>
internal sealed class CustomerIoPlatform(TimeProvider clock) : IPlatform
{
    public const string PlatformName = "customerio";

    private readonly ConcurrentDictionary<string, CustomerIoAccount> accounts = new(StringComparer.Ordinal);

    public string Name => PlatformName;

    public BudgetRegistry CallBudgets { get; } = new(PlatformName, clock);

    public DeliveryMetrics Metrics { get; } = new();

    public IEnumerable<BudgetView> Budgets => CallBudgets.Views;

    public IEnumerable<AccountView> Accounts =>
        accounts
            .Values.OrderBy(account => account.SiteId, StringComparer.Ordinal)
            .Select(account => new AccountView(Name, account.SiteId, Tier: null, CallsPerHour: null, []));

    public CustomerIoAccount? FindAccount(string siteId) => accounts.GetValueOrDefault(siteId);

    public string? Upsert(AccountSettings settings)
    {
        accounts.GetOrAdd(settings.Account, id => new CustomerIoAccount(id) { Settings = settings }).Settings = settings;
        return null;
    }

    // Nothing here takes effect later than its call.
    public void Settle() { }

    public void Reset()
    {
        CallBudgets.Clear();
        Metrics.Clear();
        foreach (var account in accounts.Values)
        {
            account.People.Clear();
            account.Refused.Clear();
        }
    }
}

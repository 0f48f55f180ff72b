using System.Collections.Concurrent;
using AudienceSync.Sandbox.Budgets;

namespace AudienceSync.Sandbox.Alerting;

/// <summary>The accounts of a service that alerts people, and what it received.</summary>
/// <typeparam name="T">What an account received.</typeparam>
internal sealed class AlertingPlatform<T>(string name, TimeProvider clock, Func<T> create, Action<T> clear) : IPlatform
    where T : class
{
    private readonly ConcurrentDictionary<string, (AccountSettings Settings, T Received)> accounts = new(StringComparer.Ordinal);

    public string Name => name;

    public BudgetRegistry CallBudgets { get; } = new(name, clock);

    public IEnumerable<BudgetView> Budgets => CallBudgets.Views;

    public IEnumerable<AccountView> Accounts =>
        accounts.Keys.Order(StringComparer.Ordinal).Select(account => new AccountView(Name, account, Tier: null, CallsPerHour: null, []));

    /// <summary>The account with this secret; null for none.</summary>
    public (string Account, T Received)? FindBySecret(string secret) =>
        accounts
            .Where(entry => entry.Value.Settings.Token == secret)
            .Select(entry => ((string, T)?)(entry.Key, entry.Value.Received))
            .FirstOrDefault();

    public T? Find(string account) => accounts.TryGetValue(account, out var found) ? found.Received : null;

    public string? Upsert(AccountSettings settings)
    {
        accounts.AddOrUpdate(settings.Account, _ => (settings, create()), (_, known) => (settings, known.Received));
        return null;
    }

    // Nothing here takes effect later than its call.
    public void Settle() { }

    public void Reset()
    {
        CallBudgets.Clear();
        foreach (var (_, received) in accounts.Values)
        {
            clear(received);
        }
    }

    /// <summary>The validation error of an account of such a service; null when it is valid.</summary>
    public static string? Validate(AccountSettings settings) =>
        settings.Audiences.Count > 0 ? $"audiences are not for the platform {settings.Platform}"
        : settings.Account.Length is 0 or > 100 || !settings.Account.All(char.IsAsciiLetterOrDigit) ? "account must be letters and digits"
        : null;
}

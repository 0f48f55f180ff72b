using System.Collections.Concurrent;
using AudienceSync.Sandbox.Lists;

namespace AudienceSync.Sandbox.Meta;

/// <summary>The accounts and audiences that exist at the imitated Meta.</summary>
internal sealed class MetaPlatform(ListRegistry lists, TimeProvider clock)
{
    private readonly Lock gate = new();
    private readonly ConcurrentDictionary<string, MetaAccount> accounts = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, MetaAudience> audiences = new(StringComparer.Ordinal);
    private long lastNumber;

    public IEnumerable<MetaAccount> Accounts => accounts.Values.OrderBy(account => account.Id, StringComparer.Ordinal);

    public MetaAudience? FindAudience(string id) => audiences.GetValueOrDefault(id);

    public MetaAccount? FindAccount(string id) => accounts.GetValueOrDefault(id);

    public MetaAccount? FirstWithToken(string token) => Accounts.FirstOrDefault(account => account.Settings.Token == token);

    /// <summary>A number no answer carried before; trace ids and session ids are made of it.</summary>
    public long NextNumber() => Interlocked.Increment(ref lastNumber);

    /// <summary>Creates the account or replaces its settings. Audiences are added, never taken away.</summary>
    /// <returns>What is wrong with the settings, or null.</returns>
    public string? Upsert(AccountSettings settings)
    {
        if (settings.Complaint() is { } complaint)
        {
            return complaint;
        }

        lock (gate)
        {
            if (settings.Audiences.FirstOrDefault(id => audiences.TryGetValue(id, out var held) && held.Account.Id != settings.Account) is { } taken)
            {
                return $"audience {taken} belongs to another account";
            }

            var account = accounts.GetOrAdd(settings.Account, id => new MetaAccount(id, clock) { Settings = settings });
            account.Settings = settings;
            foreach (var id in settings.Audiences)
            {
                audiences.TryAdd(id, new MetaAudience(id, account, lists.Open("meta", account.Id, id)));
            }

            account.Audiences = [.. audiences.Values.Where(audience => audience.Account == account).OrderBy(audience => audience.Id, StringComparer.Ordinal)];
            return null;
        }
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

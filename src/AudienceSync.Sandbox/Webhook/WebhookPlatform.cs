using System.Collections.Concurrent;
using AudienceSync.Sandbox.Budgets;
using AudienceSync.Sandbox.Lists;

namespace AudienceSync.Sandbox.Webhook;

/// <summary>The accounts and lists of a simulated receiver (docs/webhook.md).</summary>
internal sealed class WebhookPlatform(ListRegistry lists, TimeProvider clock) : IPlatform
{
    public const string PlatformName = "webhook";

    public const string Email = "email";
    public const string Phone = "phone";
    public const string ExternalId = "external_id";

    private readonly Lock gate = new();
    private readonly ConcurrentDictionary<string, WebhookAccount> accounts = new(StringComparer.Ordinal);

    public string Name => PlatformName;

    public BudgetRegistry CallBudgets { get; } = new(PlatformName, clock);

    public IEnumerable<BudgetView> Budgets => CallBudgets.Views;

    public IEnumerable<AccountView> Accounts =>
        accounts
            .Values.OrderBy(account => account.Id, StringComparer.Ordinal)
            .Select(account => new AccountView(
                Name,
                account.Id,
                Tier: null,
                CallsPerHour: null,
                lists.All.Where(list => IsOf(list, account)).Select(list => list.Audience)
            ));

    public static bool IsKey(string key) => key is Email or Phone or ExternalId;

    public WebhookAccount? FindAccount(string id) => accounts.GetValueOrDefault(id);

    /// <summary>Includes deleted lists, which are distinguished from lists that never existed.</summary>
    public AudienceList? FindList(WebhookAccount account, string id) => lists.Find(id) is { } found && IsOf(found, account) ? found : null;

    public string? Upsert(AccountSettings settings)
    {
        lock (gate)
        {
            if (lists.OwnedByAnother(Name, settings.Account, settings.Audiences) is { } taken)
            {
                return $"audience {taken} belongs to another account";
            }

            accounts.GetOrAdd(settings.Account, id => new WebhookAccount(id) { Settings = settings }).Settings = settings;
            foreach (var id in settings.Audiences)
            {
                lists.Open(Name, settings.Account, id, IsKey);
            }

            return null;
        }
    }

    // Nothing here takes effect later than its call.
    public void Settle() { }

    public void Reset() => CallBudgets.Clear();

    private static bool IsOf(AudienceList list, WebhookAccount account) => list.Platform == PlatformName && list.Account == account.Id;
}

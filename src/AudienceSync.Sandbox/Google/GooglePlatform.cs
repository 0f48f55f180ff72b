using System.Collections.Concurrent;
using System.Globalization;
using AudienceSync.Sandbox.Admin;
using AudienceSync.Sandbox.Budgets;
using AudienceSync.Sandbox.Lists;

namespace AudienceSync.Sandbox.Google;

/// <summary>The Ads accounts, user lists, tokens and jobs of the simulated Google.</summary>
internal sealed class GooglePlatform(ListRegistry lists, CallLog calls, TimeProvider clock) : IPlatform
{
    public const string PlatformName = "google";

    /// <summary>Ten digits like the real ids.</summary>
    private const long FirstOwnList = 9_000_000_000;

    private readonly Lock gate = new();
    private readonly ConcurrentDictionary<string, GoogleAccount> accounts = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, GoogleList> userLists = new(StringComparer.Ordinal);
    private long lastNumber;

    public string Name => PlatformName;

    public JobQueue Jobs { get; } = new(calls, clock);

    public AccessTokens Tokens { get; } = new(clock);

    public BudgetRegistry CallBudgets { get; } = new(GooglePlatform.PlatformName, clock);

    public IEnumerable<BudgetView> Budgets => CallBudgets.Views;

    public IEnumerable<AccountView> Accounts =>
        Ordered.Select(account => new AccountView(
            Name,
            account.Id,
            Tier: null,
            CallsPerHour: null,
            ListsOf(account).Select(list => list.Id)
        ));

    public IEnumerable<GoogleAccount> Ordered => accounts.Values.OrderBy(account => account.Id, StringComparer.Ordinal);

    public GoogleAccount? FindAccount(string id) => accounts.GetValueOrDefault(id);

    public GoogleList? FindList(string id) => userLists.GetValueOrDefault(id) is { List.Deleted: false } found ? found : null;

    public IReadOnlyList<GoogleList> ListsOf(GoogleAccount account) =>
        [.. userLists.Values.Where(list => list.Account == account && !list.List.Deleted).OrderBy(list => list.Id, StringComparer.Ordinal)];

    /// <summary>A number not used in any earlier response.</summary>
    public long NextNumber() => Interlocked.Increment(ref lastNumber);

    /// <returns>Null when the account already has a list with that name.</returns>
    public GoogleList? Create(GoogleAccount account, ListForm form)
    {
        lock (gate)
        {
            return ListsOf(account).Any(list => list.Form.DisplayName == form.DisplayName)
                ? null
                : Open(account, (FirstOwnList + NextNumber()).ToString(CultureInfo.InvariantCulture), form, configured: false);
        }
    }

    public bool HasName(GoogleAccount account, string name) => ListsOf(account).Any(list => list.Form.DisplayName == name);

    public string? Upsert(AccountSettings settings)
    {
        lock (gate)
        {
            if (lists.OwnedByAnother(Name, settings.Account, settings.Audiences) is { } taken)
            {
                return $"audience {taken} belongs to another account";
            }

            var account = accounts.GetOrAdd(settings.Account, id => new GoogleAccount(id) { Settings = settings });
            account.Settings = settings;
            foreach (var id in settings.Audiences.Where(id => !userLists.ContainsKey(id)))
            {
                Open(account, id, new ListForm { DisplayName = $"Sandbox audience {id}" }, configured: true);
            }

            return null;
        }
    }

    public void Settle() => Jobs.Settle();

    // Access tokens are kept: a reset clears the contents of the platform, not the access to it.
    public void Reset()
    {
        lock (gate)
        {
            Jobs.Clear();
            CallBudgets.Clear();
            foreach (var list in userLists.Values.Where(list => !list.Configured))
            {
                userLists.TryRemove(list.Id, out _);
                lists.Forget(list.Id);
            }
        }
    }

    private GoogleList Open(GoogleAccount account, string id, ListForm form, bool configured) =>
        userLists[id] = new GoogleList(id, account, form, lists.Open(Name, account.Id, id, GoogleList.IsKey), configured);
}

using AudienceSync.Connectors;
using AudienceSync.Host.EventStore;

namespace AudienceSync.Host.Sync.Accounts;

/// <summary>Reads the state of every declared account of a workspace.</summary>
public sealed class AccountForecasts(WorkspaceDatabase database, IReadOnlyDictionary<string, DestinationLimits> limits)
{
    private readonly AccountQueries _accounts = new(database);
    private readonly BudgetStore _budgets = new(database);

    /// <summary>Whether the configuration declares this destination.</summary>
    public bool Contains(string destination) => limits.ContainsKey(destination);

    /// <summary>Number of calls that so many members need there; null when this process does not serve the destination.</summary>
    public long? CallsFor(string destination, long members) =>
        limits.TryGetValue(destination, out var allowed) ? (members + allowed.MembersPerCall - 1) / allowed.MembersPerCall : null;

    public async Task<IReadOnlyList<AccountForecast>> ReadAsync(
        IReadOnlyList<BindingCounts> bindings,
        DateTimeOffset now,
        CancellationToken cancellationToken
    )
    {
        var forecasts = new List<AccountForecast>();
        foreach (var account in await _accounts.ReadAsync(cancellationToken))
        {
            if (limits.TryGetValue(account.Destination, out var allowed))
            {
                forecasts.Add(
                    AccountForecast.Of(account, allowed, await _budgets.ReadAsync(account.Destination, cancellationToken), bindings, now)
                );
            }
        }

        return forecasts;
    }
}

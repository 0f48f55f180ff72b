using AudienceSync.Sandbox.Budgets;

namespace AudienceSync.Sandbox;

/// <summary>One account as the admin API returns it; the token and the secrets are never returned.</summary>
internal sealed record AccountView(string Platform, string Account, string? Tier, int? CallsPerHour, IEnumerable<string> Audiences);

/// <summary>A simulated platform as seen by the admin API.</summary>
internal interface IPlatform
{
    /// <summary>Its name in <see cref="Platforms"/>.</summary>
    string Name { get; }

    IEnumerable<AccountView> Accounts { get; }

    IEnumerable<BudgetView> Budgets { get; }

    /// <summary>Creates the account or replaces its settings. Audiences are added, never removed.</summary>
    /// <returns>A validation error of the settings, or null.</returns>
    string? Upsert(AccountSettings settings);

    /// <summary>Applies everything that is due by the clock, so that no reader sees a list that is out of date.</summary>
    void Settle();

    void Reset();
}

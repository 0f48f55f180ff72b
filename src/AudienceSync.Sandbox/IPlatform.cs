using AudienceSync.Sandbox.Budgets;

namespace AudienceSync.Sandbox;

/// <summary>One account as the admin API shows it: the token and the secrets are not shown again.</summary>
internal sealed record AccountView(string Platform, string Account, string? Tier, int? CallsPerHour, IEnumerable<string> Audiences);

/// <summary>An imitated platform as the admin API sees it.</summary>
internal interface IPlatform
{
    /// <summary>Its name in <see cref="Platforms"/>.</summary>
    string Name { get; }

    IEnumerable<AccountView> Accounts { get; }

    IEnumerable<BudgetView> Budgets { get; }

    /// <summary>Creates the account or replaces its settings. Audiences are added, never taken away.</summary>
    /// <returns>What is wrong with the settings, or null.</returns>
    string? Upsert(AccountSettings settings);

    /// <summary>Applies what is due by the clock, so that nobody looks at a list that should have changed by now.</summary>
    void Settle();

    void Reset();
}

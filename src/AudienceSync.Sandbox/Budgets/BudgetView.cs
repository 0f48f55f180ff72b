namespace AudienceSync.Sandbox.Budgets;

/// <summary>One window of one budget, for <c>GET /admin/calls</c>.</summary>
/// <param name="Scope">The owner of the budget: an ad account, a project or an app.</param>
/// <param name="Group">The calls that it counts.</param>
/// <param name="Window"><c>second</c>, <c>minute</c>, <c>hour</c> or <c>day</c>.</param>
/// <param name="Used">Calls in the current window.</param>
/// <param name="Most">The maximum number of calls received in any one window, including refused calls.</param>
/// <param name="Violations">Calls received when the budget was exhausted, or within a requested backoff period.</param>
internal sealed record BudgetView(
    string Platform,
    string Scope,
    string Group,
    string Window,
    int Limit,
    int Used,
    int Most,
    long Violations
);

namespace AudienceSync.Sandbox.Budgets;

/// <summary>One window of one budget, for <c>GET /admin/calls</c>.</summary>
/// <param name="Scope">Whose budget: an ad account, a project, an app.</param>
/// <param name="Group">Which calls it counts.</param>
/// <param name="Window"><c>second</c>, <c>minute</c>, <c>hour</c> or <c>day</c>.</param>
/// <param name="Used">Calls in the window that is open now.</param>
/// <param name="Most">The most calls that came in any one window, refused ones included.</param>
/// <param name="Violations">Calls that came when nothing was left, or within a time of silence that was asked for.</param>
internal sealed record BudgetView(
    string Platform, string Scope, string Group, string Window, int Limit, int Used, int Most, long Violations);

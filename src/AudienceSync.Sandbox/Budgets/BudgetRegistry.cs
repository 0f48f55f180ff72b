using System.Collections.Concurrent;

namespace AudienceSync.Sandbox.Budgets;

/// <summary>The call budgets of one platform, created on first use.</summary>
internal sealed class BudgetRegistry(string platform, TimeProvider clock)
{
    private readonly ConcurrentDictionary<(string Scope, string Group), WindowedBudget> budgets = new();

    public IEnumerable<BudgetView> Views => budgets.OrderBy(budget => budget.Key).SelectMany(budget => budget.Value.Views());

    public WindowedBudget Of(string scope, string group) =>
        budgets.GetOrAdd((scope, group), key => new WindowedBudget(platform, key.Scope, key.Group, clock));

    public void Clear() => budgets.Clear();
}

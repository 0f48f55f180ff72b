using System.Collections.Concurrent;

namespace AudienceSync.Sandbox.Budgets;

/// <summary>The budgets of one platform, made when first asked for.</summary>
internal sealed class BudgetBook(string platform, TimeProvider clock)
{
    private readonly ConcurrentDictionary<(string Scope, string Group), WindowedBudget> budgets = new();

    public IEnumerable<BudgetView> Views => budgets.OrderBy(budget => budget.Key).SelectMany(budget => budget.Value.Views());

    public WindowedBudget Of(string scope, string group) =>
        budgets.GetOrAdd((scope, group), key => new WindowedBudget(platform, key.Scope, key.Group, clock));

    public void Clear() => budgets.Clear();
}

using AudienceSync.Sandbox.Faults;
using AudienceSync.Sandbox.Lists;

namespace AudienceSync.Sandbox.Admin;

internal static class AdminFaults
{
    public static Task AllAsync(HttpContext context, FaultPlan plan) =>
        AdminResponse.WriteAsync(context, StatusCodes.Status200OK, plan.All().Select(View));

    public static async Task AddAsync(HttpContext context, FaultPlan plan, ListRegistry lists)
    {
        if (await AdminResponse.ReadAsync<FaultRule>(context) is not { } rule)
        {
            return;
        }

        await (
            rule.Validate(rule.Audience is { } audience ? lists.Find(audience)?.Platform : null) is { } error
                ? AdminResponse.ProblemAsync(context, StatusCodes.Status400BadRequest, "invalid_fault", error)
                : AdminResponse.WriteAsync(context, StatusCodes.Status201Created, View(plan.Add(rule)))
        );
    }

    /// <summary>Generates fault periods from a seed; returns every generated rule.</summary>
    public static async Task AddSeededAsync(HttpContext context, FaultPlan plan, TimeProvider clock)
    {
        if (await AdminResponse.ReadAsync<SeededFaults>(context) is not { } wanted)
        {
            return;
        }

        var now = clock.GetUtcNow();
        await (
            wanted.Validate(now) is { } error
                ? AdminResponse.ProblemAsync(context, StatusCodes.Status400BadRequest, "invalid_fault", error)
                : AdminResponse.WriteAsync(context, StatusCodes.Status201Created, wanted.Draw(now).Select(plan.Add).Select(View).ToList())
        );
    }

    public static Task ClearAsync(HttpContext context, FaultPlan plan)
    {
        plan.Clear();
        return AdminApi.NoContentAsync(context);
    }

    private static object View(FaultView view) =>
        new
        {
            view.Id,
            view.Rule.Kind,
            view.Rule.Platform,
            view.Rule.Audience,
            view.Rule.Operation,
            view.Rule.DelayMs,
            view.Rule.JobS,
            view.Rule.Count,
            view.Rule.Probability,
            view.Rule.Seed,
            view.Rule.From,
            view.Rule.Until,
            view.Fired,
            view.Remaining,
        };
}

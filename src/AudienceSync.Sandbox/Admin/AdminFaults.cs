using AudienceSync.Sandbox.Faults;
using AudienceSync.Sandbox.Lists;

namespace AudienceSync.Sandbox.Admin;

internal static class AdminFaults
{
    public static Task AllAsync(HttpContext context, FaultPlan plan) =>
        AdminAnswer.WriteAsync(context, StatusCodes.Status200OK, plan.All().Select(Shown));

    public static async Task AddAsync(HttpContext context, FaultPlan plan, ListRegistry lists)
    {
        if (await AdminAnswer.ReadAsync<FaultRule>(context) is not { } rule)
        {
            return;
        }

        await (rule.Complaint(rule.Audience is { } audience ? lists.Find(audience)?.Platform : null) is { } complaint
            ? AdminAnswer.ProblemAsync(context, StatusCodes.Status400BadRequest, "invalid_fault", complaint)
            : AdminAnswer.WriteAsync(context, StatusCodes.Status201Created, Shown(plan.Add(rule))));
    }

    /// <summary>Bad times by a seed; answers with every rule that was drawn.</summary>
    public static async Task AddSeededAsync(HttpContext context, FaultPlan plan, TimeProvider clock)
    {
        if (await AdminAnswer.ReadAsync<SeededFaults>(context) is not { } wanted)
        {
            return;
        }

        var now = clock.GetUtcNow();
        await (wanted.Complaint(now) is { } complaint
            ? AdminAnswer.ProblemAsync(context, StatusCodes.Status400BadRequest, "invalid_fault", complaint)
            : AdminAnswer.WriteAsync(context, StatusCodes.Status201Created, wanted.Draw(now).Select(plan.Add).Select(Shown).ToList()));
    }

    public static Task ClearAsync(HttpContext context, FaultPlan plan)
    {
        plan.Clear();
        return AdminApi.NoContentAsync(context);
    }

    private static object Shown(FaultView view) => new
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

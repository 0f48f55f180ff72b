using AudienceSync.Sandbox.Alerting;

namespace AudienceSync.Sandbox.Admin;

/// <summary>What people were alerted about by the simulated services.</summary>
internal static class AdminAlerting
{
    public static void Map(WebApplication app, Func<RequestDelegate, RequestDelegate> guard, IReadOnlyList<IPlatform> platforms)
    {
        var slack = platforms.OfType<AlertingPlatform<SlackMessages>>().Single();
        var pagerDuty = platforms.OfType<AlertingPlatform<PagerDutyIncidents>>().Single();
        app.MapGet("/admin/slack/{account}", guard(context => WriteAsync(context, slack, messages => messages.All())));
        app.MapGet("/admin/pagerduty/{account}", guard(context => WriteAsync(context, pagerDuty, incidents => incidents.View())));
    }

    private static Task WriteAsync<T>(HttpContext context, AlertingPlatform<T> platform, Func<T, object> view)
        where T : class =>
        platform.Find((string)context.Request.RouteValues["account"]!) is { } received
            ? AdminResponse.WriteAsync(context, StatusCodes.Status200OK, view(received))
            : AdminResponse.ProblemAsync(context, StatusCodes.Status404NotFound, "not_found", "No account has this name.");
}

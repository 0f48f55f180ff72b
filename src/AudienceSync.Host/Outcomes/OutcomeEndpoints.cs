using AudienceSync.Host.Ingest;
using AudienceSync.Host.Ingest.Reporting;
using AudienceSync.Host.Requests;

namespace AudienceSync.Host.Outcomes;

/// <summary>Operations on the outcomes of messages.</summary>
public sealed class OutcomeEndpoints(TimeProvider clock)
{
    /// <summary>Maps them.</summary>
    public void Map(RouteGroupBuilder group) =>
        group.MapPost("/outcomes/replay", ReplayAsync).Takes(QueryParameter.RequiredFrom, QueryParameter.To);

    // Both were checked: readable times, and from present once.
    private async Task ReplayAsync(HttpContext context, RequestWorkspace workspace, string from, string? to)
    {
        MomentText.TryRead(from, out var start);
        var end = to is not null && MomentText.TryRead(to, out var given) ? given : clock.GetUtcNow();
        var (result, problem) = await workspace.Get<ReportReplay>().RunAsync(start, end, context.RequestAborted);
        await (problem is null ? Results.Ok(result).ExecuteAsync(context) : Answers.WriteAsync(context, problem));
    }
}

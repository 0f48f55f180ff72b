using AudienceSync.Domain;
using AudienceSync.Host.Requests;

namespace AudienceSync.Host.Decisions;

/// <summary>How often decisions were asked for, by source and by audience: for operators and analysts.</summary>
internal sealed class DecisionCountEndpoints(TimeProvider clock)
{
    private static readonly TimeSpan DefaultRange = TimeSpan.FromDays(1);

    public void Map(RouteGroupBuilder group) => group.MapGet("/decisions/counts", CountAsync).Takes(QueryParameter.From, QueryParameter.To);

    private async Task<IResult> CountAsync(RequestWorkspace workspace, string? from, string? to, CancellationToken cancellationToken)
    {
        var (begin, end) = (clock.GetUtcNow() - DefaultRange, clock.GetUtcNow());
        if ((from is not null && !MomentText.TryRead(from, out begin)) || (to is not null && !MomentText.TryRead(to, out end)))
        {
            return QueryProblem.InvalidMoment;
        }

        return Results.Ok(await workspace.Get<DecisionLogStore>().CountAsync(begin, end, Limits.PageRows, cancellationToken));
    }
}

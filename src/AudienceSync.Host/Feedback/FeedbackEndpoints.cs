using AudienceSync.Host.Requests;

namespace AudienceSync.Host.Feedback;

/// <summary>What was reported to senders.</summary>
public sealed class FeedbackEndpoints
{
    private const int DefaultLimit = 100;

    public void Map(RouteGroupBuilder group) => group.MapGet("/feedback", ListAsync).Takes(QueryParameter.Limit);

    private static async Task<IResult> ListAsync(RequestWorkspace workspace, int? limit, CancellationToken cancellationToken) =>
        TypedResults.Ok(await workspace.Get<FeedbackQueries>().ReadAsync(limit ?? DefaultLimit, cancellationToken));
}

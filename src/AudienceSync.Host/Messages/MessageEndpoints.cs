using AudienceSync.Host.Requests;

namespace AudienceSync.Host.Messages;

/// <summary>Messages that failed for good, of all workspaces.</summary>
public sealed class MessageEndpoints(DeadMessages dead)
{
    private const int DefaultLimit = 100;

    public void Map(RouteGroupBuilder group)
    {
        group.MapGet("/messages/dead", ListAsync).Takes(QueryParameter.Limit);
        group.MapPost("/messages/dead/{id:guid}/replay", ReplayAsync);
        group.MapPost("/messages/dead/{id:guid}/discard", DiscardAsync);
    }

    private async Task<IResult> ListAsync(int? limit, CancellationToken cancellationToken) =>
        Results.Ok(new { messages = await dead.ListAsync(limit ?? DefaultLimit, cancellationToken) });

    private async Task<IResult> ReplayAsync(Guid id, CancellationToken cancellationToken) =>
        await dead.ReplayAsync(id, cancellationToken) is { } message ? Results.Ok(message) : QueryProblem.UnknownMessage;

    private async Task<IResult> DiscardAsync(Guid id, CancellationToken cancellationToken) =>
        await dead.DiscardAsync(id, cancellationToken) is { } message ? Results.Ok(message) : QueryProblem.UnknownMessage;
}

using System.Text;
using AudienceSync.Domain.Events;
using AudienceSync.Host.Ingest.Bodies;
using AudienceSync.Host.Requests;

namespace AudienceSync.Host.Ingest;

/// <summary>What a sender sent, found by an event that it brought.</summary>
public sealed class EventEndpoints
{
    /// <param name="Event">The event's id: the receipt that its sender received.</param>
    /// <param name="Body">The whole request, other events of it included. It contains personal data.</param>
    public sealed record ReceivedBody(Guid Event, string Body);

    public void Map(RouteGroupBuilder group) => group.MapGet("/events/{id:guid}/body", BodyAsync);

    private async Task<IResult> BodyAsync(Guid id, RequestWorkspace workspace, CancellationToken cancellationToken)
    {
        return await workspace.Get<BodyArchiveStore>().FindAsync(new EventId(id), cancellationToken) is { } body
            ? Results.Ok(new ReceivedBody(id, Encoding.UTF8.GetString(body)))
            : QueryProblem.BodyNotKept;
    }
}

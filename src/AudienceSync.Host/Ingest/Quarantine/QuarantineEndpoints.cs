using AudienceSync.Domain;
using AudienceSync.Host.EventStore;
using AudienceSync.Host.Requests;

namespace AudienceSync.Host.Ingest.Quarantine;

/// <summary>Quarantined entries: listed, shown, released into the log, or discarded.</summary>
public sealed class QuarantineEndpoints
{
    public void Map(RouteGroupBuilder group)
    {
        group.MapGet("/quarantine", ListAsync).Takes(QueryParameter.Limit, QueryParameter.Reason);
        group.MapGet("/quarantine/{id:guid}", ShowAsync).Takes(QueryParameter.Body);
        group.MapPost("/quarantine/{id:guid}/release", ReleaseAsync);
        group.MapPost("/quarantine/{id:guid}/discard", DiscardAsync);
        group.MapPost("/quarantine/release", ReleaseAllAsync).Takes(QueryParameter.RequiredReason);
    }

    private async Task<IResult> ListAsync(RequestWorkspace workspace, int? limit, string? reason, CancellationToken cancellationToken)
    {
        return Results.Ok(
            new
            {
                entries = await new QuarantineQueries(workspace.Get<WorkspaceDatabase>()).ListAsync(
                    limit ?? 100,
                    reason,
                    cancellationToken
                ),
            }
        );
    }

    // The received body is shown only on request, because it contains personal data.
    private async Task<IResult> ShowAsync(Guid id, RequestWorkspace workspace, bool? body, CancellationToken cancellationToken)
    {
        return await workspace.Get<QuarantineReleases>().ShowAsync(id, body ?? false, cancellationToken) is { } shown
            ? Results.Ok(shown)
            : QueryProblem.UnknownEntry;
    }

    private async Task<IResult> ReleaseAsync(Guid id, RequestWorkspace workspace, CancellationToken cancellationToken)
    {
        return await workspace.Get<QuarantineReleases>().ReleaseAsync(id, cancellationToken) is { } released
            ? Results.Ok(released)
            : QueryProblem.UnknownEntry;
    }

    private async Task<IResult> DiscardAsync(Guid id, RequestWorkspace workspace, CancellationToken cancellationToken)
    {
        return await workspace.Get<QuarantineReleases>().DiscardAsync(id, cancellationToken)
            ? Results.Ok(new ReleaseResult(id, ReleaseResult.Discarded, null, null))
            : QueryProblem.UnknownEntry;
    }

    private async Task<IResult> ReleaseAllAsync(RequestWorkspace workspace, string reason, CancellationToken cancellationToken)
    {
        return Results.Ok(
            new { results = await workspace.Get<QuarantineReleases>().ReleaseAllAsync(reason, Limits.PageRows, cancellationToken) }
        );
    }
}

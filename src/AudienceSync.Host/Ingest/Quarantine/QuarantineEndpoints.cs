using AudienceSync.Domain;
using AudienceSync.Host.Requests;
using AudienceSync.Host.Workspaces;

namespace AudienceSync.Host.Ingest.Quarantine;

/// <summary>Quarantined entries: listed, shown, released into the log, or discarded.</summary>
public sealed class QuarantineEndpoints(IReadOnlyDictionary<string, Workspace> workspaces)
{
    public void Map(RouteGroupBuilder group)
    {
        group.MapGet("/quarantine", ListAsync).Takes(QueryParameter.Limit, QueryParameter.Reason);
        group.MapGet("/quarantine/{id:guid}", ShowAsync).Takes(QueryParameter.Body);
        group.MapPost("/quarantine/{id:guid}/release", ReleaseAsync);
        group.MapPost("/quarantine/{id:guid}/discard", DiscardAsync);
        group.MapPost("/quarantine/release", ReleaseAllAsync).Takes(QueryParameter.RequiredReason);
    }

    private async Task<IResult> ListAsync(string? workspace, int? limit, string? reason, CancellationToken cancellationToken)
    {
        if (workspaces.Named(workspace) is not { } found)
        {
            return QueryProblem.UnknownWorkspace;
        }

        return Results.Ok(new { entries = await new QuarantineQueries(found.Database).ListAsync(limit ?? 100, reason, cancellationToken) });
    }

    // The received body is shown only on request, because it contains personal data.
    private async Task<IResult> ShowAsync(Guid id, string? workspace, bool? body, CancellationToken cancellationToken)
    {
        if (workspaces.Named(workspace) is not { } found)
        {
            return QueryProblem.UnknownWorkspace;
        }

        return await found.Quarantine.ShowAsync(id, body ?? false, cancellationToken) is { } shown ? Results.Ok(shown) : QueryProblem.UnknownEntry;
    }

    private async Task<IResult> ReleaseAsync(Guid id, string? workspace, CancellationToken cancellationToken)
    {
        if (workspaces.Named(workspace) is not { } found)
        {
            return QueryProblem.UnknownWorkspace;
        }

        return await found.Quarantine.ReleaseAsync(id, cancellationToken) is { } released ? Results.Ok(released) : QueryProblem.UnknownEntry;
    }

    private async Task<IResult> DiscardAsync(Guid id, string? workspace, CancellationToken cancellationToken)
    {
        if (workspaces.Named(workspace) is not { } found)
        {
            return QueryProblem.UnknownWorkspace;
        }

        return await found.Quarantine.DiscardAsync(id, cancellationToken)
            ? Results.Ok(new ReleaseResult(id, ReleaseResult.Discarded, null, null))
            : QueryProblem.UnknownEntry;
    }

    private async Task<IResult> ReleaseAllAsync(string? workspace, string reason, CancellationToken cancellationToken)
    {
        if (workspaces.Named(workspace) is not { } found)
        {
            return QueryProblem.UnknownWorkspace;
        }

        return Results.Ok(new { results = await found.Quarantine.ReleaseAllAsync(reason, Limits.PageRows, cancellationToken) });
    }
}

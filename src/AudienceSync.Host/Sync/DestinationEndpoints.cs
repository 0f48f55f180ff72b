using AudienceSync.Host.Requests;
using AudienceSync.Host.Sync.Holds;
using AudienceSync.Host.Workspaces;

namespace AudienceSync.Host.Sync;

/// <summary>Operator requests for ad accounts and remote audiences: pause, resume, approve a plan, resync, retry refused members.</summary>
public sealed class DestinationEndpoints(IReadOnlyDictionary<string, Workspace> workspaces)
{
    /// <param name="Remote">One remote audience of the account; null for the whole account.</param>
    /// <param name="By">Author of the request; <c>operator</c> when omitted.</param>
    /// <param name="Why">The reason.</param>
    /// <param name="DryRun">For a resync: only return what would be sent.</param>
    public sealed record Word(string? Remote, string? By, string? Why, bool? DryRun);

    public void Map(RouteGroupBuilder group)
    {
        group.MapPost("/destinations/{name}/pause", PauseAsync).Takes(BodyContract.OptionalJson);
        group.MapPost("/destinations/{name}/resume", ResumeAsync).Takes(BodyContract.OptionalJson);
        group.MapPost("/destinations/{name}/retry-refused", RetryRefusedAsync);
        group.MapPost("/destinations/{name}/resync", ResyncAsync).Takes(BodyContract.OptionalJson);
        group.MapPost("/destinations/{name}/resync/cancel", CancelResyncAsync).Takes(BodyContract.OptionalJson);
        group.MapGet("/resyncs", ResyncsAsync);
        group.MapGet("/plans", PlansAsync);
        group.MapPost("/plans/{plan:long}/approve", ApproveAsync).Takes(BodyContract.OptionalJson);
    }

    private Task<IResult> PauseAsync(string name, Word? body, string? workspace, CancellationToken cancellationToken) => DoAsync(
        workspace, found => found.Holds.PauseAsync(name, body?.Remote, By(body), body?.Why, cancellationToken), new { destination = name, remote = body?.Remote, state = "paused" });

    private async Task<IResult> ResumeAsync(string name, Word? body, string? workspace, CancellationToken cancellationToken)
    {
        if (workspaces.Named(workspace) is not { } found)
        {
            return QueryProblem.UnknownWorkspace;
        }

        var answer = await found.Holds.ResumeAsync(name, body?.Remote, By(body), cancellationToken);
        var held = await found.Holds.ReadAsync(cancellationToken);
        return Of(answer) ?? Results.Ok(new { destination = name, remote = body?.Remote, still_paused = held.Pauses.Where(pause => pause.Destination == name) });
    }

    private async Task<IResult> RetryRefusedAsync(string name, string? workspace, CancellationToken cancellationToken)
    {
        if (workspaces.Named(workspace) is not { } found)
        {
            return QueryProblem.UnknownWorkspace;
        }

        return found.Accounts.Contains(name)
            ? Results.Ok(new { destination = name, members = await new BindingTable(found.Database).RetryRefusedAsync(name, cancellationToken) })
            : QueryProblem.UnknownDestination;
    }

    private async Task<IResult> ResyncAsync(string name, Word? body, string? workspace, CancellationToken cancellationToken)
    {
        if (workspaces.Named(workspace) is not { } found)
        {
            return QueryProblem.UnknownWorkspace;
        }

        var dryRun = body?.DryRun ?? false;
        var (answer, plans) = await found.Holds.ResyncAsync((name, body?.Remote), dryRun, By(body), body?.Why, cancellationToken);
        return Of(answer) ?? Results.Ok(new
        {
            destination = name,
            dry_run = dryRun,
            lists = plans.Select(plan => new { plan.Remote, plan.Key, plan.Adds, plan.Removals, calls = found.Accounts.CallsFor(name, plan.Adds) + found.Accounts.CallsFor(name, plan.Removals) }),
        });
    }

    private async Task<IResult> CancelResyncAsync(string name, Word? body, string? workspace, CancellationToken cancellationToken) => workspaces.Named(workspace) is { } found
        ? Results.Ok(new { destination = name, canceled = await found.Holds.CancelResyncAsync(name, body?.Remote, cancellationToken) })
        : QueryProblem.UnknownWorkspace;

    private async Task<IResult> ResyncsAsync(string? workspace, CancellationToken cancellationToken) => workspaces.Named(workspace) is { } found
        ? Results.Ok(new { resyncs = await found.Holds.ReadResyncsAsync(cancellationToken) })
        : QueryProblem.UnknownWorkspace;

    private async Task<IResult> PlansAsync(string? workspace, CancellationToken cancellationToken) =>
        workspaces.Named(workspace) is { } found ? Results.Ok(await found.Holds.ReadAsync(cancellationToken)) : QueryProblem.UnknownWorkspace;

    private Task<IResult> ApproveAsync(long plan, Word? body, string? workspace, CancellationToken cancellationToken) =>
        DoAsync(workspace, found => found.Holds.ApproveAsync(plan, By(body), body?.Why, cancellationToken), new { plan, state = "approved" });

    private async Task<IResult> DoAsync(string? workspace, Func<Workspace, Task<HoldAnswer>> act, object done) =>
        workspaces.Named(workspace) is { } found ? Of(await act(found)) ?? Results.Ok(done) : QueryProblem.UnknownWorkspace;

    // Null when the request was fulfilled.
    private static IResult? Of(HoldAnswer answer) => answer switch
    {
        HoldAnswer.UnknownTarget => QueryProblem.UnknownDestination,
        HoldAnswer.UnknownPlan => QueryProblem.UnknownPlan,
        HoldAnswer.PlanEnded => QueryProblem.PlanEnded,
        HoldAnswer.InvalidNote => QueryProblem.InvalidReason,
        _ => null,
    };

    private static string By(Word? body) => string.IsNullOrWhiteSpace(body?.By) ? "operator" : body.By;
}

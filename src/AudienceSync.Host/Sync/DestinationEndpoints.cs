using AudienceSync.Host.EventStore;
using AudienceSync.Host.Requests;
using AudienceSync.Host.Sync.Accounts;
using AudienceSync.Host.Sync.Holds;

namespace AudienceSync.Host.Sync;

/// <summary>Operator requests for ad accounts and remote audiences: pause, resume, approve a plan, resync, retry refused members.</summary>
public sealed class DestinationEndpoints
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

    private Task<IResult> PauseAsync(string name, Word? body, RequestWorkspace workspace, CancellationToken cancellationToken) =>
        DoAsync(
            workspace.Get<OperatorHolds>().PauseAsync(name, body?.Remote, By(body), body?.Why, cancellationToken),
            new
            {
                destination = name,
                remote = body?.Remote,
                state = "paused",
            }
        );

    private async Task<IResult> ResumeAsync(string name, Word? body, RequestWorkspace workspace, CancellationToken cancellationToken)
    {
        var answer = await workspace.Get<OperatorHolds>().ResumeAsync(name, body?.Remote, By(body), cancellationToken);
        var held = await workspace.Get<OperatorHolds>().ReadAsync(cancellationToken);
        return Of(answer)
            ?? Results.Ok(
                new
                {
                    destination = name,
                    remote = body?.Remote,
                    still_paused = held.Pauses.Where(pause => pause.Destination == name),
                }
            );
    }

    private async Task<IResult> RetryRefusedAsync(string name, RequestWorkspace workspace, CancellationToken cancellationToken)
    {
        if (!workspace.Get<AccountForecasts>().Contains(name))
        {
            return QueryProblem.UnknownDestination;
        }

        var members = await new BindingStore(workspace.Get<WorkspaceDatabase>()).RetryRefusedAsync(name, cancellationToken);
        return Results.Ok(new { destination = name, members });
    }

    private async Task<IResult> ResyncAsync(string name, Word? body, RequestWorkspace workspace, CancellationToken cancellationToken)
    {
        var dryRun = body?.DryRun ?? false;
        var (answer, plans) = await workspace
            .Get<OperatorHolds>()
            .ResyncAsync((name, body?.Remote), dryRun, By(body), body?.Why, cancellationToken);
        var accounts = workspace.Get<AccountForecasts>();
        return Of(answer)
            ?? Results.Ok(
                new
                {
                    destination = name,
                    dry_run = dryRun,
                    lists = plans.Select(plan => new
                    {
                        plan.Remote,
                        plan.Key,
                        plan.Adds,
                        plan.Removals,
                        calls = accounts.CallsFor(name, plan.Adds) + accounts.CallsFor(name, plan.Removals),
                    }),
                }
            );
    }

    private async Task<IResult> CancelResyncAsync(
        string name,
        Word? body,
        RequestWorkspace workspace,
        CancellationToken cancellationToken
    ) =>
        Results.Ok(
            new
            {
                destination = name,
                canceled = await workspace.Get<OperatorHolds>().CancelResyncAsync(name, body?.Remote, cancellationToken),
            }
        );

    private async Task<IResult> ResyncsAsync(RequestWorkspace workspace, CancellationToken cancellationToken) =>
        Results.Ok(new { resyncs = await workspace.Get<OperatorHolds>().ReadResyncsAsync(cancellationToken) });

    private async Task<IResult> PlansAsync(RequestWorkspace workspace, CancellationToken cancellationToken) =>
        Results.Ok(await workspace.Get<OperatorHolds>().ReadAsync(cancellationToken));

    private Task<IResult> ApproveAsync(long plan, Word? body, RequestWorkspace workspace, CancellationToken cancellationToken) =>
        DoAsync(
            workspace.Get<OperatorHolds>().ApproveAsync(plan, By(body), body?.Why, cancellationToken),
            new { plan, state = "approved" }
        );

    private static async Task<IResult> DoAsync(Task<HoldAnswer> act, object done) => Of(await act) ?? Results.Ok(done);

    // Null when the request was fulfilled.
    private static IResult? Of(HoldAnswer answer) =>
        answer switch
        {
            HoldAnswer.UnknownTarget => QueryProblem.UnknownDestination,
            HoldAnswer.UnknownPlan => QueryProblem.UnknownPlan,
            HoldAnswer.PlanEnded => QueryProblem.PlanEnded,
            HoldAnswer.InvalidNote => QueryProblem.InvalidReason,
            _ => null,
        };

    private static string By(Word? body) => string.IsNullOrWhiteSpace(body?.By) ? "operator" : body.By;
}

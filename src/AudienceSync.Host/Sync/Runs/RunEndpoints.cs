using AudienceSync.Host.Requests;
using Microsoft.AspNetCore.Mvc;

namespace AudienceSync.Host.Sync.Runs;

/// <summary>A page of runs, latest first. <paramref name="Next"/> is the <c>before</c> of the next page.</summary>
public sealed record RunPage(IReadOnlyList<RunView> Runs, long? Next);

/// <summary>A run with a page of its calls. <paramref name="Next"/> is the <c>after_call</c> of the next page.</summary>
public sealed record RunDetail(RunView Run, IReadOnlyList<CallView> Calls, long? Next);

/// <summary>What was sent: runs, and the calls of each.</summary>
public sealed class RunEndpoints
{
    private const int DefaultLimit = 100;

    public void Map(RouteGroupBuilder group)
    {
        group.MapGet("/runs", ListAsync).Takes(QueryParameter.Destination, QueryParameter.Before, QueryParameter.Limit);
        group.MapGet("/runs/{run:long}", ShowAsync).Takes(QueryParameter.AfterCall, QueryParameter.Limit, QueryParameter.Body);
    }

    private async Task<IResult> ListAsync(
        RequestWorkspace workspace,
        string? destination,
        long? before,
        int? limit,
        CancellationToken cancellationToken
    )
    {
        var size = limit ?? DefaultLimit;
        var runs = await workspace.Get<RunQueries>().ListAsync(before, destination, size, cancellationToken);
        return TypedResults.Ok(new RunPage(runs, runs.Count == size ? runs[^1].Run : null));
    }

    private async Task<IResult> ShowAsync(
        long run,
        RequestWorkspace workspace,
        [FromQuery(Name = "after_call")] long? afterCall,
        int? limit,
        bool? body,
        CancellationToken cancellationToken
    )
    {
        if (await workspace.Get<RunQueries>().FindAsync(run, cancellationToken) is not { } view)
        {
            return QueryProblem.UnknownRun;
        }

        var size = limit ?? DefaultLimit;
        var calls = await workspace.Get<RunQueries>().CallsAsync(run, afterCall ?? 0, size, body ?? false, cancellationToken);
        return TypedResults.Ok(new RunDetail(view, calls, calls.Count == size ? calls[^1].Call : null));
    }
}

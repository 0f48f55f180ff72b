using AudienceSync.Host.Requests;

namespace AudienceSync.Host.Sync.Resends;

/// <summary>Sending again what failed in a time.</summary>
public sealed class ResendEndpoints
{
    /// <param name="From">The begin of the time; required.</param>
    /// <param name="To">Its end; until now when omitted.</param>
    /// <param name="Remote">One remote audience of the account; null for the whole account.</param>
    /// <param name="DryRun">Only return what would be sent.</param>
    /// <param name="By">Author of the request; <c>operator</c> when omitted.</param>
    /// <param name="Why">The reason.</param>
    public sealed record Request(DateTimeOffset? From, DateTimeOffset? To, string? Remote, bool? DryRun, string? By, string? Why);

    public void Map(RouteGroupBuilder group)
    {
        group.MapPost("/destinations/{name}/resend", ResendAsync).Takes(BodyContract.Json);
        group.MapGet("/resends", ListAsync);
    }

    private async Task<IResult> ResendAsync(string name, Request body, RequestWorkspace workspace, CancellationToken cancellationToken)
    {
        var dryRun = body.DryRun ?? false;
        if (body.From is not { } from)
        {
            return QueryProblem.InvalidWindow;
        }

        var window = new ResendWindow(name, body.Remote, from, body.To);
        var by = string.IsNullOrWhiteSpace(body.By) ? "operator" : body.By;
        var result = await workspace.Get<FailedDeliveries>().ResendAsync(window, dryRun, by, body.Why, cancellationToken);
        return Of(result, dryRun)
            ?? Results.Ok(
                new
                {
                    destination = name,
                    dry_run = dryRun,
                    resend = result.Resend,
                    blocked = result.Code,
                    lists = result.Lists,
                }
            );
    }

    private async Task<IResult> ListAsync(RequestWorkspace workspace, CancellationToken cancellationToken) =>
        Results.Ok(new { resends = await workspace.Get<FailedDeliveries>().ReadAsync(cancellationToken) });

    // Null when the request was fulfilled. A dry run also shows what is not ready to be sent.
    private static IResult? Of(ResendResult result, bool dryRun) =>
        result.Answer switch
        {
            ResendAnswer.UnknownTarget => QueryProblem.UnknownDestination,
            ResendAnswer.InvalidNote => QueryProblem.InvalidReason,
            ResendAnswer.InvalidWindow => QueryProblem.InvalidWindow,
            ResendAnswer.Stopped when !dryRun => QueryProblem.DestinationStopped(result.Code!),
            ResendAnswer.CheckFailed when !dryRun => QueryProblem.DestinationRefused(result.Code!),
            _ => null,
        };
}

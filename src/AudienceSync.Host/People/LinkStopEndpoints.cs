using AudienceSync.Domain.Identity;
using AudienceSync.Host.Access;
using AudienceSync.Host.Requests;

namespace AudienceSync.Host.People;

/// <summary>
/// <c>/v1/people/link-stops</c>: identifiers that stopped linking because too many addresses came with them. An operator corrects the
/// journey, or allows an identifier that does belong to one person and then releases what waits in quarantine.
/// </summary>
public sealed class LinkStopEndpoints
{
    public void Map(RouteGroupBuilder group)
    {
        group.MapGet("/people/link-stops", ListAsync).Takes(QueryParameter.Limit);
        group.MapPost("/people/link-stops/{person:guid}/allow", AllowAsync);
    }

    private async Task<IResult> ListAsync(RequestWorkspace workspace, int? limit, CancellationToken cancellationToken)
    {
        return Results.Ok(new { link_stops = await workspace.Get<LinkStopStore>().OpenAsync(limit ?? 100, cancellationToken) });
    }

    private async Task<IResult> AllowAsync(
        Guid person,
        RequestWorkspace workspace,
        HttpContext context,
        CancellationToken cancellationToken
    )
    {
        return await workspace.Get<LinkStopStore>().AllowAsync(new PersonId(person), OperatorAccount.NameOf(context), cancellationToken)
            ? Results.Ok(new { person, allowed = true })
            : QueryProblem.UnknownLinkStop;
    }
}

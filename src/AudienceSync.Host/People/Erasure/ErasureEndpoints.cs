using AudienceSync.Host.Access;
using AudienceSync.Host.Privacy;
using AudienceSync.Host.Requests;
using Microsoft.AspNetCore.Mvc;

namespace AudienceSync.Host.People.Erasure;

/// <summary>
/// <c>/v1/people/erasures</c>, <c>/v1/people/export</c> and <c>/v1/people/realias</c>. Identifiers come in bodies only; ids of erasures are
/// not personal data and may be part of addresses.
/// </summary>
public sealed class ErasureEndpoints(TimeProvider clock)
{
    private const string Path = "/people/erasures";

    public void Map(RouteGroupBuilder group)
    {
        group.MapPost(Path, AskAsync).Takes(BodyContract.Json, QueryParameter.DefaultCountry);
        group.MapGet(Path, ListAsync).Takes(QueryParameter.Limit);
        group.MapGet(Path + "/{erasure:guid}", ReadAsync);
        group.MapPost("/people/export", ExportAsync).Takes(BodyContract.Json, QueryParameter.DefaultCountry);
        group.MapPost("/people/realias", RealiasAsync);
    }

    private async Task<IResult> AskAsync(
        NamedPerson who,
        RequestWorkspace workspace,
        [FromQuery(Name = "default_country")] string? defaultCountry,
        HttpContext context,
        CancellationToken cancellationToken
    )
    {
        if (await workspace.Get<Erasures>().NameAsync(who, defaultCountry ?? "", cancellationToken) is not { } naming)
        {
            return QueryProblem.InvalidIdentifiers;
        }

        return await workspace.Get<Erasures>().AskAsync(naming, OperatorAccount.NameOf(context), cancellationToken) is { } erasure
            ? Results.Accepted($"/v1{Path}/{erasure.Erasure}", await AnswerAsync(workspace, erasure, cancellationToken))
            : QueryProblem.SeveralPeople;
    }

    private async Task<IResult> ListAsync(RequestWorkspace workspace, int? limit, CancellationToken cancellationToken)
    {
        var erasures = new List<ErasureAnswer>();
        foreach (var erasure in await workspace.Get<Erasures>().Table.ListAsync(limit ?? 100, cancellationToken))
        {
            erasures.Add(await AnswerAsync(workspace, erasure, cancellationToken));
        }

        return Results.Ok(new { erasures });
    }

    private async Task<IResult> ReadAsync(Guid erasure, RequestWorkspace workspace, CancellationToken cancellationToken)
    {
        return await workspace.Get<Erasures>().Table.FindAsync(erasure, cancellationToken) is { } row
            ? Results.Ok(await AnswerAsync(workspace, row, cancellationToken))
            : QueryProblem.UnknownErasure;
    }

    private async Task<IResult> ExportAsync(
        NamedPerson who,
        RequestWorkspace workspace,
        [FromQuery(Name = "default_country")] string? defaultCountry,
        HttpContext context,
        CancellationToken cancellationToken
    )
    {
        if (await workspace.Get<Erasures>().NameAsync(who, defaultCountry ?? "", cancellationToken) is not { } naming)
        {
            return QueryProblem.InvalidIdentifiers;
        }

        var person = await workspace.Get<Erasures>().Export.FindAsync(naming, cancellationToken);
        if (person.Roots.Count > 1)
        {
            return QueryProblem.SeveralPeople;
        }

        if (!person.IsKnown)
        {
            return QueryProblem.UnknownPerson;
        }

        context.Response.Headers.CacheControl = "no-store";
        return Results.Stream(
            body => workspace.Get<Erasures>().Export.WriteAsync(person, body, context.RequestAborted),
            "application/json"
        );
    }

    private async Task<IResult> RealiasAsync(RequestWorkspace workspace, CancellationToken cancellationToken) =>
        Results.Ok(await workspace.Get<RealiasStore>().RunAsync(cancellationToken));

    private async Task<ErasureAnswer> AnswerAsync(RequestWorkspace workspace, ErasureRow erasure, CancellationToken cancellationToken) =>
        ErasureAnswer.Of(
            erasure,
            await workspace.Get<Erasures>().Table.RemovalsAsync(erasure, cancellationToken),
            await workspace.Get<Erasures>().Accounts.CallsAsync(erasure.Erasure, cancellationToken),
            clock.GetUtcNow()
        );
}

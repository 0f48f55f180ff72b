using AudienceSync.Host.Access;
using AudienceSync.Host.Requests;
using AudienceSync.Host.Workspaces;
using Microsoft.AspNetCore.Mvc;

namespace AudienceSync.Host.People.Erasure;

/// <summary>
/// <c>/v1/people/erasures</c>, <c>/v1/people/export</c> and <c>/v1/people/realias</c>. Identifiers come in bodies only; ids of erasures are
/// not personal data and may be part of addresses.
/// </summary>
public sealed class ErasureEndpoints(IReadOnlyDictionary<string, Workspace> workspaces, TimeProvider clock)
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
        NamedPerson who, string? workspace, [FromQuery(Name = "default_country")] string? defaultCountry, HttpContext context, CancellationToken cancellationToken)
    {
        if (workspaces.Named(workspace) is not { } found)
        {
            return QueryProblem.UnknownWorkspace;
        }

        if (found.Erasures.Name(who, defaultCountry ?? "") is not { } naming)
        {
            return QueryProblem.InvalidIdentifiers;
        }

        return await found.Erasures.AskAsync(naming, OperatorAccount.NameOf(context), cancellationToken) is { } erasure
            ? Results.Accepted($"/v1{Path}/{erasure.Erasure}", await AnswerAsync(found, erasure, cancellationToken))
            : QueryProblem.SeveralPeople;
    }

    private async Task<IResult> ListAsync(string? workspace, int? limit, CancellationToken cancellationToken)
    {
        if (workspaces.Named(workspace) is not { } found)
        {
            return QueryProblem.UnknownWorkspace;
        }

        var erasures = new List<ErasureAnswer>();
        foreach (var erasure in await found.Erasures.Table.ListAsync(limit ?? 100, cancellationToken))
        {
            erasures.Add(await AnswerAsync(found, erasure, cancellationToken));
        }

        return Results.Ok(new { erasures });
    }

    private async Task<IResult> ReadAsync(Guid erasure, string? workspace, CancellationToken cancellationToken)
    {
        if (workspaces.Named(workspace) is not { } found)
        {
            return QueryProblem.UnknownWorkspace;
        }

        return await found.Erasures.Table.FindAsync(erasure, cancellationToken) is { } row
            ? Results.Ok(await AnswerAsync(found, row, cancellationToken))
            : QueryProblem.UnknownErasure;
    }

    private async Task<IResult> ExportAsync(
        NamedPerson who, string? workspace, [FromQuery(Name = "default_country")] string? defaultCountry, HttpContext context, CancellationToken cancellationToken)
    {
        if (workspaces.Named(workspace) is not { } found)
        {
            return QueryProblem.UnknownWorkspace;
        }

        if (found.Erasures.Name(who, defaultCountry ?? "") is not { } naming)
        {
            return QueryProblem.InvalidIdentifiers;
        }

        var person = await found.Erasures.Export.FindAsync(naming, cancellationToken);
        if (person.Roots.Count > 1)
        {
            return QueryProblem.SeveralPeople;
        }

        if (!person.IsKnown)
        {
            return QueryProblem.UnknownPerson;
        }

        context.Response.Headers.CacheControl = "no-store";
        return Results.Stream(body => found.Erasures.Export.WriteAsync(person, body, context.RequestAborted), "application/json");
    }

    private async Task<IResult> RealiasAsync(string? workspace, CancellationToken cancellationToken) =>
        workspaces.Named(workspace) is { } found
            ? Results.Ok(await found.Erasures.Realias.RunAsync(cancellationToken))
            : QueryProblem.UnknownWorkspace;

    private async Task<ErasureAnswer> AnswerAsync(Workspace found, ErasureRow erasure, CancellationToken cancellationToken) =>
        ErasureAnswer.Of(
            erasure,
            await found.Erasures.Table.RemovalsAsync(erasure, cancellationToken),
            await found.Erasures.Accounts.CallsAsync(erasure.Erasure, cancellationToken),
            clock.GetUtcNow());
}

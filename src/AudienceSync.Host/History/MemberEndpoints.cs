using AudienceSync.Domain.Identity;
using AudienceSync.Host.Audiences;
using AudienceSync.Host.EventStore;
using AudienceSync.Host.Privacy;
using AudienceSync.Host.Requests;
using Microsoft.AspNetCore.Mvc;

namespace AudienceSync.Host.History;

/// <summary>
/// Queries of the members of an audience, and of the memberships of a person. Identifiers of people are accepted in bodies only, never in a
/// URL, because URLs end up in logs. Every response covers one workspace, <c>default</c> unless the query names another.
/// </summary>
public static class MemberEndpoints
{
    public static void Map(RouteGroupBuilder group)
    {
        group
            .MapGet("/audiences/{key}/members", MembersAsync)
            .Takes(QueryParameter.At, QueryParameter.Mode, QueryParameter.After, QueryParameter.Limit);
        group.MapPost("/members/lookup", LookupAsync).Takes(BodyContract.Json, QueryParameter.DefaultCountry);
        group.MapGet("/people/{person:guid}/memberships", MembershipsAsync);
    }

    private static async Task<IResult> MembersAsync(
        string key,
        RequestWorkspace workspace,
        string? at,
        string? mode,
        Guid? after,
        int? limit,
        CancellationToken cancellationToken
    )
    {
        if (workspace.Get<AudienceKeys>().ByName(key) is not { } published)
        {
            return QueryProblem.UnknownKey;
        }

        var size = limit ?? 100;
        if (at is not null)
        {
            return await HistoryEndpoints.ListAsync(workspace, published, (at, mode, after, size), cancellationToken);
        }

        var members = await new MemberQueries(workspace.Get<WorkspaceDatabase>()).ListAsync(
            published.KeyId,
            after ?? Guid.Empty,
            size,
            cancellationToken
        );
        return Results.Ok(new { members, next = members.Count == size ? members[^1].Person : (Guid?)null });
    }

    private static async Task<IResult> LookupAsync(
        PersonLookup lookup,
        RequestWorkspace workspace,
        [FromQuery(Name = "default_country")] string? defaultCountry,
        CancellationToken cancellationToken
    )
    {
        var country = defaultCountry ?? "";
        var alias = lookup.Alias(workspace.Get<AliasDigester>(), country);
        var queries = new MemberQueries(workspace.Get<WorkspaceDatabase>());
        var person = alias is { } named ? await queries.FindAsync(named.Digest, cancellationToken) : null;
        if (person is null && lookup.Read(country) is { } identifiers)
        {
            var older = await workspace.Get<OlderAliasQueries>().FindAsync(identifiers, cancellationToken);
            person = older is [var known, ..] ? await queries.FindAsync(known.Digest, cancellationToken) : null;
        }

        if (person is null)
        {
            return alias is null ? QueryProblem.InvalidIdentifier : QueryProblem.UnknownPerson;
        }

        return Results.Ok(new { person = person.Value.Value, memberships = await queries.OfPersonAsync(person.Value, cancellationToken) });
    }

    private static async Task<IResult> MembershipsAsync(Guid person, RequestWorkspace workspace, CancellationToken cancellationToken)
    {
        var memberships = await new MemberQueries(workspace.Get<WorkspaceDatabase>()).OfPersonAsync(
            new PersonId(person),
            cancellationToken
        );
        return Results.Ok(new { person, memberships });
    }
}

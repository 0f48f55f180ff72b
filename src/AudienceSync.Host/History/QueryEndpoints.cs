using AudienceSync.Domain.Identity;
using AudienceSync.Host.Audiences;
using AudienceSync.Host.Ingest;
using AudienceSync.Host.Ingest.Quarantine;
using AudienceSync.Host.Requests;
using AudienceSync.Host.Sync;
using AudienceSync.Host.Sync.Runs;
using AudienceSync.Host.Workspaces;
using AudienceSync.Host.Workspaces.Status;
using Microsoft.AspNetCore.Mvc;

namespace AudienceSync.Host.History;

/// <summary>
/// Queries of marketers, engineers and owners over HTTP. Identifiers of people are accepted in bodies only, never in a URL, because URLs
/// end up in logs. Every response covers one workspace, <c>default</c> unless the query names another.
/// </summary>
public sealed class QueryEndpoints(IReadOnlyDictionary<string, Workspace> workspaces, TimeProvider clock)
{
    public void Map(RouteGroupBuilder group)
    {
        group.MapGet("/status", StatusAsync);
        group.MapGet("/audiences", AudiencesAsync);
        group.MapGet("/audiences/{key}/members", MembersAsync).Takes(QueryParameter.At, QueryParameter.Mode, QueryParameter.After, QueryParameter.Limit);
        group.MapPost("/members/lookup", LookupAsync).Takes(BodyContract.Json, QueryParameter.DefaultCountry);
        group.MapGet("/people/{person:guid}/memberships", MembershipsAsync);
        new AudienceEndpoints(workspaces).Map(group);
        new QuarantineEndpoints(workspaces).Map(group);
        new EventEndpoints(workspaces).Map(group);
        new HistoryEndpoints(workspaces, clock).Map(group);
        new DestinationEndpoints(workspaces).Map(group);
        new RunEndpoints(workspaces).Map(group);
    }

    private async Task<IResult> StatusAsync(string? workspace, CancellationToken cancellationToken)
    {
        if (workspaces.Named(workspace) is not { } found)
        {
            return QueryProblem.UnknownWorkspace;
        }

        var now = clock.GetUtcNow();
        var log = await found.Status.ReadLogAsync(now, cancellationToken);
        var keys = await found.Status.ReadKeysAsync(cancellationToken);
        var bindings = await found.Status.ReadBindingsAsync(now, cancellationToken);
        var erasures = StatusAnswer.ErasuresPart.Of(await found.Erasures.Table.CountAsync(cancellationToken), now);
        var accounts = await found.Accounts.ReadAsync(bindings, now, cancellationToken);
        var status = StatusAnswer.Of(found, log, erasures, keys, bindings, accounts, await found.Holds.ReadAsync(cancellationToken));
        return Results.Ok(status with
        {
            Sources = await found.Status.ReadSourcesAsync(cancellationToken),
            RemovalLatency = await found.Metrics.LatenciesAsync([1, 24], now, cancellationToken),
            OlderAliases = await found.Erasures.Realias.CountAsync(cancellationToken),
        });
    }

    private async Task<IResult> AudiencesAsync(string? workspace, CancellationToken cancellationToken)
    {
        if (workspaces.Named(workspace) is not { } found)
        {
            return QueryProblem.UnknownWorkspace;
        }

        var counts = await found.Status.ReadKeysAsync(cancellationToken);
        return Results.Ok(new { audiences = counts });
    }

    private async Task<IResult> MembersAsync(
        string key, string? workspace, string? at, string? mode, Guid? after, int? limit, CancellationToken cancellationToken)
    {
        if (workspaces.Named(workspace) is not { } found)
        {
            return QueryProblem.UnknownWorkspace;
        }

        if (found.Keys.ByName(key) is not { } published)
        {
            return QueryProblem.UnknownKey;
        }

        var size = limit ?? 100;
        if (at is not null)
        {
            return await HistoryEndpoints.ListAsync(found, published, (at, mode, after, size), cancellationToken);
        }

        var members = await new MemberQueries(found.Database).ListAsync(published.KeyId, after ?? Guid.Empty, size, cancellationToken);
        return Results.Ok(new { members, next = members.Count == size ? members[^1].Person : (Guid?)null });
    }

    private async Task<IResult> LookupAsync(
        PersonLookup lookup, string? workspace, [FromQuery(Name = "default_country")] string? defaultCountry, CancellationToken cancellationToken)
    {
        if (workspaces.Named(workspace) is not { } found)
        {
            return QueryProblem.UnknownWorkspace;
        }

        var country = defaultCountry ?? "";
        var alias = lookup.Alias(found.Digester, country);
        var queries = new MemberQueries(found.Database);
        var person = alias is { } named ? await queries.FindAsync(named.Digest, cancellationToken) : null;
        if (person is null && await found.Erasures.Realias.AnyAsync(cancellationToken))
        {
            person = await FindOlderAsync(queries, lookup.Older(found.Digester, country), cancellationToken);
        }

        if (person is null)
        {
            return alias is null ? QueryProblem.InvalidIdentifier : QueryProblem.UnknownPerson;
        }

        return Results.Ok(new { person = person.Value.Value, memberships = await queries.OfPersonAsync(person.Value, cancellationToken) });
    }

    private static async Task<PersonId?> FindOlderAsync(MemberQueries queries, IEnumerable<Alias> forms, CancellationToken cancellationToken)
    {
        foreach (var form in forms)
        {
            if (await queries.FindAsync(form.Digest, cancellationToken) is { } person)
            {
                return person;
            }
        }

        return null;
    }

    private async Task<IResult> MembershipsAsync(Guid person, string? workspace, CancellationToken cancellationToken)
    {
        if (workspaces.Named(workspace) is not { } found)
        {
            return QueryProblem.UnknownWorkspace;
        }

        return Results.Ok(new { person, memberships = await new MemberQueries(found.Database).OfPersonAsync(new PersonId(person), cancellationToken) });
    }
}

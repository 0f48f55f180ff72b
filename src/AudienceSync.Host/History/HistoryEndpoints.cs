using AudienceSync.Domain.Audiences;
using AudienceSync.Domain.History;
using AudienceSync.Domain.Identity;
using AudienceSync.Host.Audiences;
using AudienceSync.Host.EventStore;
using AudienceSync.Host.Projection;
using AudienceSync.Host.Requests;

namespace AudienceSync.Host.History;

/// <summary>Members of an audience at a time, and why a person is or is not in an audience.</summary>
public sealed class HistoryEndpoints(TimeProvider clock)
{
    private static readonly TimeSpan DefaultCounterRange = TimeSpan.FromDays(7);

    public void Map(RouteGroupBuilder group)
    {
        group
            .MapGet("/audiences/{key}/members/diff", DiffAsync)
            .Takes(QueryParameter.RequiredFrom, QueryParameter.RequiredTo, QueryParameter.Mode, QueryParameter.After, QueryParameter.Limit);
        group.MapGet("/audiences/{key}/counters", CountersAsync).Takes(QueryParameter.From, QueryParameter.To);
        group.MapGet("/people/{person:guid}/history", HistoryAsync);
        group.MapGet("/people/{person:guid}/why/{key}", WhyAsync);
    }

    /// <summary>Members as of a time. <see cref="MemberEndpoints"/> has the current members.</summary>
    internal static async Task<IResult> ListAsync(
        RequestWorkspace workspace,
        PublishedKey key,
        (string At, string? Mode, Guid? After, int Limit) query,
        CancellationToken cancellationToken
    )
    {
        if (!MomentText.TryRead(query.At, out var at))
        {
            return QueryProblem.InvalidMoment;
        }

        return MomentText.TryMode(query.Mode, out var mode)
            ? Results.Ok(await Past(workspace).ListAsync(key, at, mode, query.After ?? Guid.Empty, query.Limit, cancellationToken))
            : QueryProblem.InvalidMode;
    }

    private async Task<IResult> DiffAsync(
        string key,
        RequestWorkspace workspace,
        string? from,
        string? to,
        string? mode,
        Guid? after,
        int? limit,
        CancellationToken cancellationToken
    )
    {
        if (await People(workspace).KeyAsync(key, cancellationToken) is not { } published)
        {
            return QueryProblem.UnknownKey;
        }

        if (!MomentText.TryRead(from, out var begin) || !MomentText.TryRead(to, out var end))
        {
            return QueryProblem.InvalidMoment;
        }

        return MomentText.TryMode(mode, out var meaning)
            ? Results.Ok(
                await Past(workspace).DiffAsync(published, (begin, end), meaning, after ?? Guid.Empty, limit ?? 100, cancellationToken)
            )
            : QueryProblem.InvalidMode;
    }

    private async Task<IResult> CountersAsync(
        string key,
        RequestWorkspace workspace,
        string? from,
        string? to,
        CancellationToken cancellationToken
    )
    {
        if (await People(workspace).KeyAsync(key, cancellationToken) is not { } published)
        {
            return QueryProblem.UnknownKey;
        }

        var (begin, end) = (clock.GetUtcNow() - DefaultCounterRange, clock.GetUtcNow());
        if ((from is not null && !MomentText.TryRead(from, out begin)) || (to is not null && !MomentText.TryRead(to, out end)))
        {
            return QueryProblem.InvalidMoment;
        }

        return Results.Ok(
            new
            {
                audience_key = key,
                hours = await new HourStore(workspace.Get<WorkspaceDatabase>()).ReadAsync(published.KeyId, begin, end, cancellationToken),
            }
        );
    }

    private async Task<IResult> HistoryAsync(Guid person, RequestWorkspace workspace, CancellationToken cancellationToken)
    {
        return await People(workspace).HistoryAsync(new PersonId(person), cancellationToken) is { } history
            ? Results.Ok(history)
            : QueryProblem.UnknownPerson;
    }

    private async Task<IResult> WhyAsync(Guid person, string key, RequestWorkspace workspace, CancellationToken cancellationToken)
    {
        var people = People(workspace);
        if (await people.KeyAsync(key, cancellationToken) is not { } published)
        {
            return QueryProblem.UnknownKey;
        }

        var explainer = new Explainer(people, new PersonTrailQueries(workspace.Get<WorkspaceDatabase>()));
        return await explainer.ExplainAsync(new PersonId(person), published, cancellationToken) is { } explained
            ? Results.Ok(explained)
            : QueryProblem.UnknownPerson;
    }

    private static MembersAsOf Past(RequestWorkspace workspace) =>
        new(new PastQueries(workspace.Get<WorkspaceDatabase>()), workspace.Get<AudienceKeys>());

    private PersonPast People(RequestWorkspace workspace)
    {
        var database = workspace.Get<WorkspaceDatabase>();
        return new PersonPast(new PastQueries(database), new PersonTrailQueries(database), workspace.Get<AudienceKeys>(), clock);
    }
}

using AudienceSync.Domain.Audiences;
using AudienceSync.Host.Audiences.Registry;
using AudienceSync.Host.Configuration;
using AudienceSync.Host.EventStore;
using AudienceSync.Host.Requests;
using Microsoft.AspNetCore.Mvc;

namespace AudienceSync.Host.Audiences;

/// <summary>
/// The registry over HTTP: audiences, their keys and bindings, and their history. Each change has an author (<c>by</c>, <c>operator</c>
/// when absent) and may have a reason. Changes are idempotent: a repeated one returns an empty list of changes.
/// </summary>
public sealed class AudienceEndpoints
{
    public sealed record Describe(string? Purpose, string? Owner, string? Definition, long? ExpectedVolume, string? By, string? Why);

    public sealed record Publish(double? WindowD, List<string>? MatchKeys, string? ConsentPolicy, bool? Inherit, string? By, string? Why);

    /// <param name="Remote">The platform's id; absent with <paramref name="Create"/>.</param>
    /// <param name="Exclusive">Whether the remote audience is ours alone, so that a resync removes members of others.</param>
    /// <param name="Create">Create the remote audience, or find it by its name, instead of naming its id.</param>
    /// <param name="Name">Its name at the platform, only with <paramref name="Create"/>; the audience's own name when absent.</param>
    public sealed record Bind(
        string Key,
        string Destination,
        string? Remote,
        bool? Exclusive,
        bool? Create,
        string? Name,
        string? By,
        string? Why
    );

    public sealed record Place(string? Destination, string? Remote, string? By, string? Why);

    /// <param name="LateEvents"><c>keep</c>, the default, or <c>quarantine</c>.</param>
    public sealed record Promotion(string? Destination, string? Remote, string? LateEvents, string? By, string? Why);

    public sealed record Reason(string? By, string? Why);

    /// <summary>The content of a file for <c>audiences apply</c>, as JSON.</summary>
    public sealed record Declaration(List<AudienceConfig>? Audiences, List<BindingConfig>? Bindings, string? By, string? Why);

    public void Map(RouteGroupBuilder group)
    {
        group.MapPost("/audiences/apply", ApplyAsync).Takes(BodyContract.Declaration, QueryParameter.DryRun);
        group.MapGet("/audiences/{audience}", ShowAsync);
        group.MapGet("/audiences/{audience}/history", HistoryAsync);
        var written = group.MapGroup("").Takes(BodyContract.Json);
        written.MapPost(
            "/audiences/{audience}",
            (string audience, Describe body, RequestWorkspace workspace, CancellationToken cancel) =>
                DoAsync(
                    workspace,
                    audience,
                    new RegisterAudience(
                        new AudienceText(body.Purpose, body.Owner, body.Definition, body.ExpectedVolume),
                        By(body.By),
                        body.Why
                    ),
                    cancel
                )
        );
        written.MapPost("/audiences/{audience}/bindings", BindAsync);
        written.MapPost(
            "/audiences/{audience}/unbind",
            (string audience, Place body, RequestWorkspace workspace, CancellationToken cancel) =>
                DoAsync(
                    workspace,
                    audience,
                    new UnbindAudience(new RemoteAudience(body.Destination ?? "", body.Remote ?? ""), By(body.By), body.Why),
                    cancel
                )
        );
        written.MapPost(
            "/audiences/{audience}/rollback",
            (string audience, Place body, RequestWorkspace workspace, CancellationToken cancel) =>
                DoAsync(workspace, audience, new RollBackKey(Only(body), By(body.By), body.Why), cancel)
        );
        written.MapPost(
            "/audiences/{audience}/pause",
            (string audience, Reason body, RequestWorkspace workspace, CancellationToken cancel) =>
                DoAsync(workspace, audience, new PauseAudience(By(body.By), body.Why), cancel)
        );
        written.MapPost(
            "/audiences/{audience}/resume",
            (string audience, Reason body, RequestWorkspace workspace, CancellationToken cancel) =>
                DoAsync(workspace, audience, new ResumeAudience(By(body.By), body.Why), cancel)
        );
        written.MapPost(
            "/audiences/{audience}/experiments/{experiment}/end",
            (string audience, string experiment, Reason body, RequestWorkspace workspace, CancellationToken cancel) =>
                DoAsync(workspace, audience, new EndExperiment(experiment, By(body.By), body.Why), cancel)
        );
        group.MapGet("/keys/{key}/diff/{other}", DiffAsync);
        written.MapPost("/keys/{key}/publish", PublishAsync);
        written.MapPost("/keys/{key}/promote", PromoteAsync);
        written.MapPost(
            "/keys/{key}/retire",
            (string key, Reason body, RequestWorkspace workspace, CancellationToken cancel) =>
                OfKeyAsync(workspace, key, null, parsed => new RetireKey(parsed.Version, By(body.By), body.Why), cancel)
        );
    }

    private async Task<IResult> ShowAsync(string audience, RequestWorkspace workspace, CancellationToken cancellationToken)
    {
        var registry = workspace.Get<RegistryStore>();
        var stored = await registry.ReadAsync(audience, cancellationToken);
        return stored.Version == 0
            ? QueryProblem.Of(AudienceRefusal.Unknown(audience))
            : Results.Ok(
                AudienceView.Of(
                    stored,
                    await registry.DrainsAsync(audience, cancellationToken),
                    await registry.ExperimentsAsync(audience, cancellationToken)
                )
            );
    }

    private async Task<IResult> HistoryAsync(string audience, RequestWorkspace workspace, CancellationToken cancellationToken)
    {
        var history = await workspace.Get<RegistryStore>().HistoryAsync(audience, cancellationToken);
        var drains = await workspace.Get<RegistryStore>().DrainsAsync(audience, cancellationToken);
        return history.Count == 0
            ? QueryProblem.Of(AudienceRefusal.Unknown(audience))
            : Results.Ok(new { audience, changes = history.Select(change => AudienceChangeView.Of(change, drains)) });
    }

    private async Task<IResult> DiffAsync(string key, string other, RequestWorkspace workspace, CancellationToken cancellationToken)
    {
        try
        {
            return AudienceKey.TryParse(key, out var from) && AudienceKey.TryParse(other, out var to)
                ? Results.Ok(await KeyDiff.ReadAsync(workspace.Get<WorkspaceDatabase>(), from, to, cancellationToken))
                : QueryProblem.Of(AudienceRefusal.NameInvalid);
        }
        catch (RegistryException refused)
        {
            return QueryProblem.Of(refused.Refusal);
        }
    }

    private Task<IResult> BindAsync(string audience, Bind body, RequestWorkspace workspace, CancellationToken cancellationToken)
    {
        var create = body.Create ?? false;
        if (create == body.Remote is not null || (!create && body.Name is not null))
        {
            return Task.FromResult(QueryProblem.Of(AudienceRefusal.BindingInvalid));
        }

        var exclusive = body.Exclusive ?? false;
        return create
            ? CreateAsync(workspace, audience, body, cancellationToken)
            : OfKeyAsync(
                workspace,
                body.Key,
                audience,
                key => new BindAudience(new RemoteAudience(body.Destination, body.Remote!), key.Version, By(body.By), body.Why)
                {
                    Exclusive = exclusive,
                },
                cancellationToken
            );
    }

    private async Task<IResult> CreateAsync(RequestWorkspace workspace, string audience, Bind body, CancellationToken cancellationToken)
    {
        if (!AudienceKey.TryParse(body.Key, out var key) || key.Audience != audience)
        {
            return QueryProblem.Of(AudienceRefusal.NameInvalid);
        }

        try
        {
            var wanted = new WantedAudience(key, body.Destination, body.Name, body.Exclusive ?? false, By(body.By), body.Why);
            return Results.Ok(await workspace.Get<RemoteAudienceCreator>().CreateAsync(wanted, cancellationToken));
        }
        catch (RegistryException refused)
        {
            return QueryProblem.Of(refused.Refusal);
        }
    }

    private Task<IResult> PublishAsync(string key, Publish body, RequestWorkspace workspace, CancellationToken cancellationToken)
    {
        var keys = MatchKeys.All;
        var consent = ConsentPolicy.Assumed;
        if (
            (body.MatchKeys is { } labels && !AudienceLabels.TryMatchKeys(labels, out keys))
            || (body.ConsentPolicy is { } policy && !AudienceLabels.TryPolicy(policy, out consent))
        )
        {
            return Task.FromResult(QueryProblem.Of(AudienceRefusal.TermsInvalid));
        }

        var terms = new KeyTerms(body.WindowD is { } days ? (long)Math.Round(days * 86_400) : null, keys, consent, body.Inherit ?? false);
        return OfKeyAsync(workspace, key, null, parsed => new PublishKey(parsed.Version, terms, By(body.By), body.Why), cancellationToken);
    }

    private Task<IResult> PromoteAsync(string key, Promotion body, RequestWorkspace workspace, CancellationToken cancellationToken)
    {
        var late = LateEvents.Keep;
        if (body.LateEvents is { } label && !AudienceLabels.TryLateEvents(label, out late))
        {
            return Task.FromResult(QueryProblem.Of(AudienceRefusal.LateEventsInvalid));
        }

        var place = new Place(body.Destination, body.Remote, body.By, body.Why);
        return OfKeyAsync(
            workspace,
            key,
            null,
            parsed => new PromoteKey(parsed.Version, Only(place), By(body.By), body.Why) { LateEvents = late },
            cancellationToken
        );
    }

    private async Task<IResult> ApplyAsync(
        Declaration body,
        RequestWorkspace workspace,
        [FromQuery(Name = "dry_run")] bool? dryRun,
        CancellationToken cancellationToken
    )
    {
        try
        {
            var declared = new AudiencePlanner(new ConfigLoader("body", static _ => null), named: false).Plan(
                "declaration",
                body.Audiences ?? [],
                body.Bindings ?? []
            );
            var plan = await workspace
                .Get<AudienceRegistry>()
                .ApplyAsync(declared, By(body.By), body.Why, dryRun ?? false, cancellationToken);
            return Results.Ok(RegistryAnswer.Of(plan, dryRun ?? false));
        }
        catch (SetupException wrong)
        {
            return QueryProblem.InvalidDeclaration(wrong.Message);
        }
        catch (RegistryException refused)
        {
            return QueryProblem.Of(refused.Refusal);
        }
    }

    private Task<IResult> OfKeyAsync(
        RequestWorkspace workspace,
        string key,
        string? audience,
        Func<AudienceKey, AudienceCommand> command,
        CancellationToken cancellationToken
    ) =>
        AudienceKey.TryParse(key, out var parsed) && (audience is null || audience == parsed.Audience)
            ? DoAsync(workspace, parsed.Audience, command(parsed), cancellationToken)
            : Task.FromResult(QueryProblem.Of(AudienceRefusal.NameInvalid));

    private async Task<IResult> DoAsync(
        RequestWorkspace workspace,
        string audience,
        AudienceCommand command,
        CancellationToken cancellationToken
    )
    {
        try
        {
            return Results.Ok(
                RegistryAnswer.Of(await workspace.Get<AudienceRegistry>().ExecuteAsync(audience, command, cancellationToken), dryRun: false)
            );
        }
        catch (RegistryException refused)
        {
            return QueryProblem.Of(refused.Refusal);
        }
    }

    private static RemoteAudience? Only(Place place) =>
        place is { Destination: null, Remote: null } ? null : new RemoteAudience(place.Destination ?? "", place.Remote ?? "");

    private static string By(string? by) => string.IsNullOrWhiteSpace(by) ? "operator" : by;
}

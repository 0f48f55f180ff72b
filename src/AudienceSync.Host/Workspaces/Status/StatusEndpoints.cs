using AudienceSync.Host.EventStore;
using AudienceSync.Host.Exposures;
using AudienceSync.Host.Ingest.Append;
using AudienceSync.Host.Outcomes;
using AudienceSync.Host.People.Erasure;
using AudienceSync.Host.Privacy;
using AudienceSync.Host.Requests;
using AudienceSync.Host.Sync.Accounts;
using AudienceSync.Host.Sync.Holds;

namespace AudienceSync.Host.Workspaces.Status;

/// <summary>The state of a workspace as a whole, and the sizes of its audiences.</summary>
public sealed class StatusEndpoints(TimeProvider clock)
{
    public void Map(RouteGroupBuilder group)
    {
        group.MapGet("/status", StatusAsync);
        group.MapGet("/audiences", AudiencesAsync);
    }

    private async Task<IResult> StatusAsync(RequestWorkspace workspace, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        var queries = workspace.Get<StatusQueries>();
        var log = await queries.ReadLogAsync(now, cancellationToken);
        var keys = await queries.ReadKeysAsync(cancellationToken);
        var bindings = await queries.ReadBindingsAsync(now, cancellationToken);
        var erasures = StatusAnswer.ErasuresPart.Of(await workspace.Get<Erasures>().Table.CountAsync(cancellationToken), now);
        var accounts = await workspace.Get<AccountForecasts>().ReadAsync(bindings, now, cancellationToken);
        var status = StatusAnswer.Of(
            workspace.Get<WorkspaceDatabase>().Workspace.Value,
            workspace.Get<GroupCommit>().QueuedEvents,
            log,
            erasures,
            keys,
            bindings,
            accounts,
            await workspace.Get<OperatorHolds>().ReadAsync(cancellationToken)
        );
        return Results.Ok(
            status with
            {
                Sources = await queries.ReadSourcesAsync(cancellationToken),
                RemovalLatency = await workspace.Get<MetricQueries>().LatenciesAsync([1, 24], now, cancellationToken),
                Projections = workspace.Get<DaemonHealth>().IsUsed ? await workspace.Get<DaemonQueries>().ReadAsync(cancellationToken) : [],
                Exposures = await workspace.Get<ExposureLagQueries>().ProgressAsync(cancellationToken),
                OlderAliases = await workspace.Get<RealiasStore>().CountAsync(cancellationToken),
            }
        );
    }

    private static async Task<IResult> AudiencesAsync(RequestWorkspace workspace, CancellationToken cancellationToken)
    {
        var counts = await workspace.Get<StatusQueries>().ReadKeysAsync(cancellationToken);
        return Results.Ok(new { audiences = counts });
    }
}

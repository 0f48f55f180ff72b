using AudienceSync.Connectors;
using AudienceSync.Connectors.CustomerIo;
using AudienceSync.Host.Configuration;
using AudienceSync.Host.Sync.Verbs;

namespace AudienceSync.Host.Feedback;

/// <summary>
/// Checks the feedback of sources, as <c>destinations check</c> checks ad accounts: whether the credentials are accepted, and whether the
/// configured region is theirs. Nothing else would show a wrong region before people are sent there.
/// </summary>
internal static class FeedbackCheck
{
    /// <param name="config">The configuration.</param>
    /// <param name="loader">Reads its secrets.</param>
    /// <param name="dependencies">Send the calls.</param>
    /// <param name="only">The name of one source; null for all.</param>
    /// <param name="cancellationToken">Ends the calls.</param>
    public static async Task<List<CheckedDestination>> RunAsync(
        AudienceSyncConfig config,
        ConfigLoader loader,
        DestinationDependencies dependencies,
        string? only,
        CancellationToken cancellationToken
    )
    {
        var planner = new FeedbackPlanner(loader, dependencies);
        var found = new List<CheckedDestination>();
        foreach (var (workspace, settings) in config.Workspaces.OrderBy(entry => entry.Key, StringComparer.Ordinal))
        {
            foreach (var source in settings.Sources.Where(source => source.Feedback is not null && (only is null || source.Name == only)))
            {
                var lines = await FindAsync(planner, workspace, source, cancellationToken);
                found.Add(new CheckedDestination(workspace, source.Name, CustomerIoSettings.Service, "", lines));
            }
        }

        return found;
    }

    private static async Task<List<CheckLine>> FindAsync(
        FeedbackPlanner planner,
        string workspace,
        SourceConfig source,
        CancellationToken cancellationToken
    )
    {
        PlannedFeedback planned;
        try
        {
            planned = planner.Plan(workspace, source);
        }
        catch (SetupException wrong)
        {
            return [new CheckLine("settings", CheckState.Bad, wrong.Code, wrong.Message)];
        }

        var findings = await planned.Service.CheckAsync(cancellationToken);
        return
        [
            new CheckLine("settings", CheckState.Good, "good", ""),
            .. findings.Select(finding => new CheckLine(finding.What, finding.State, finding.Code, finding.Advice)),
        ];
    }
}

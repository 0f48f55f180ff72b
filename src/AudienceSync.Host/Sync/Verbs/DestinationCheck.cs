using AudienceSync.Connectors;
using AudienceSync.Domain.Audiences;
using AudienceSync.Domain.Syncing;
using AudienceSync.Host.Configuration;

namespace AudienceSync.Host.Sync.Verbs;

/// <summary>One check, with the key and the remote audience that it concerns.</summary>
internal sealed record CheckLine(string What, CheckState State, string Code, string Advice, string? Key = null, string? Remote = null);

/// <summary>The findings for one destination.</summary>
internal sealed record CheckedDestination(string Workspace, string Name, string Platform, string Account, List<CheckLine> Findings);

/// <summary>
/// <c>destinations check</c>: each destination is checked separately, so that one with invalid settings does not hide the others. The state
/// of a remote audience is queried from the platform, and its name is compared with the key that feeds it: nothing else detects a wrong id
/// that is well formed.
/// </summary>
internal sealed class DestinationCheck(DestinationPlanner planner)
{
    /// <param name="config">The configuration.</param>
    /// <param name="only">The name of one destination; null for all.</param>
    /// <param name="cancellationToken">Ends the calls.</param>
    public async Task<List<CheckedDestination>> RunAsync(AudienceSyncConfig config, string? only, CancellationToken cancellationToken)
    {
        var found = new List<CheckedDestination>();
        foreach (var (workspace, settings) in config.Workspaces.OrderBy(entry => entry.Key, StringComparer.Ordinal))
        {
            foreach (var destination in settings.Destinations.Where(destination => only is null || destination.Name == only))
            {
                var lists = DestinationList.ListsOf(settings, destination);
                found.Add(
                    new CheckedDestination(
                        workspace,
                        destination.Name,
                        destination.Platform,
                        destination.Account,
                        await FindAsync(workspace, destination, lists, cancellationToken)
                    )
                );
            }
        }

        return found;
    }

    private async Task<List<CheckLine>> FindAsync(
        string workspace,
        DestinationConfig destination,
        List<DestinationList.FedList> lists,
        CancellationToken cancellationToken
    )
    {
        IDestination connector;
        try
        {
            connector = planner.Plan(workspace, destination).Connector;
        }
        catch (SetupException wrong)
        {
            return [new CheckLine("settings", CheckState.Bad, wrong.Code, wrong.Message)];
        }

        List<CheckLine> lines = [new("settings", CheckState.Good, "good", "")];
        if (connector is IChecks checks)
        {
            var findings = await checks.CheckAsync([.. lists.Select(list => new RemoteAudienceId(list.Remote))], cancellationToken);
            lines.AddRange(findings.Select(finding => Line(finding, lists)));
            lines.AddRange(lists.Select(list => KeyName(checks, list)).OfType<CheckLine>());
        }

        foreach (var list in lists)
        {
            if (connector is IAudienceFactory maker && await ListNameAsync(maker, list, cancellationToken) is { } line)
            {
                lines.Add(line);
            }
        }

        return lines;
    }

    private static CheckLine Line(CheckFinding finding, List<DestinationList.FedList> lists) =>
        new(
            finding.What,
            finding.State,
            finding.Code,
            finding.Advice,
            lists.Find(list => list.Remote == finding.Audience?.Value)?.Key,
            finding.Audience?.Value
        );

    /// <summary>A key that could not be the name of a remote audience can still feed an existing one, so it is only a warning.</summary>
    private static CheckLine? KeyName(IChecks checks, DestinationList.FedList list) =>
        checks.CheckName(list.Key) is { } wrong
            ? new CheckLine("name", CheckState.Warning, wrong.Code, wrong.Advice, list.Key, list.Remote)
            : null;

    private static async ValueTask<CheckLine?> ListNameAsync(
        IAudienceFactory maker,
        DestinationList.FedList list,
        CancellationToken cancellationToken
    )
    {
        var report = await maker.ReadAsync(new RemoteAudienceId(list.Remote), cancellationToken);
        if (report.Outcome.Kind != OutcomeKind.Done || report.Name is not { } name)
        {
            return null;
        }

        var audience = AudienceKey.TryParse(list.Key, out var key) ? key.Audience : list.Key;
        return name.Contains(audience, StringComparison.OrdinalIgnoreCase)
            ? new CheckLine("name", CheckState.Good, "good", "", list.Key, list.Remote)
            : new CheckLine(
                "name",
                CheckState.Warning,
                "name_differs",
                $"The platform's name of this remote audience is \"{name}\", and {list.Key} feeds it. "
                    + $"If remote is correct, name it after {audience}.",
                list.Key,
                list.Remote
            );
    }
}

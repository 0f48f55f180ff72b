using System.Text.Json;
using AudienceSync.Connectors;
using AudienceSync.Host.Cli;
using AudienceSync.Host.Configuration;
using AudienceSync.Host.Privacy.Verbs;

namespace AudienceSync.Host.Sync.Verbs;

/// <summary><c>destinations list</c>: the configuration of each destination, without any call.</summary>
internal static class DestinationList
{
    /// <param name="Lists">What it feeds: a key and the platform's id of the remote audience.</param>
    /// <param name="Can">What the platform can do besides adding and removing.</param>
    /// <param name="Problem">Why it cannot be used as configured; null when it can.</param>
    internal sealed record Row(
        string Workspace,
        string Name,
        string Platform,
        string Account,
        List<FedList> Lists,
        List<string> Can,
        int? MembersPerCall,
        string? Problem
    )
    {
        /// <summary>Text for what is paused and what waits for approval; null when the database was not queried.</summary>
        public List<string>? Held { get; init; }
    }

    internal sealed record FedList(string Key, string Remote);

    public static List<Row> Of(AudienceSyncConfig config, DestinationPlanner planner)
    {
        var rows = new List<Row>();
        foreach (var (workspace, settings) in config.Workspaces.OrderBy(entry => entry.Key, StringComparer.Ordinal))
        {
            rows.AddRange(
                settings.Destinations.Select(destination => RowOf(workspace, destination, ListsOf(settings, destination), planner))
            );
        }

        return rows;
    }

    public static List<FedList> ListsOf(WorkspaceConfig workspace, DestinationConfig destination) =>
        [
            .. workspace
                .Bindings.Where(binding => binding.Destination == destination.Name)
                .Select(binding => new FedList(binding.Key, binding.Remote)),
        ];

    public static async Task PrintAsync(List<Row> rows, TextWriter output, bool json)
    {
        if (json)
        {
            await output.WriteLineAsync(JsonSerializer.Serialize(new { destinations = rows }, KeyStatusReport.JsonForm));
            return;
        }

        TextTable.Print(
            output,
            ["workspace", "destination", "platform", "account", "feeds", "can"],
            rows.Select(row =>
                new[]
                {
                    row.Workspace,
                    row.Name,
                    row.Platform,
                    row.Account,
                    string.Join('\n', row.Lists.Select(list => $"{list.Key} > {list.Remote}")),
                    row.Problem ?? string.Join(", ", row.Can),
                }
            )
        );
        foreach (var row in rows.Where(row => row.Held is { Count: > 0 }))
        {
            await output.WriteLineAsync($"{row.Name}: {string.Join("; ", row.Held!)}");
        }
    }

    private static Row RowOf(string workspace, DestinationConfig destination, List<FedList> lists, DestinationPlanner planner)
    {
        try
        {
            var connector = planner.Plan(workspace, destination).Connector;
            return new Row(
                workspace,
                destination.Name,
                destination.Platform,
                destination.Account,
                lists,
                AbilitiesOf(connector),
                connector.Limits.MembersPerCall,
                Problem: null
            );
        }
        catch (SetupException wrong)
        {
            return new Row(
                workspace,
                destination.Name,
                destination.Platform,
                destination.Account,
                lists,
                [],
                MembersPerCall: null,
                $"{wrong.Code}: {wrong.Message}"
            );
        }
    }

    private static List<string> AbilitiesOf(IDestination connector)
    {
        (string Name, bool Is)[] abilities =
        [
            ("make", connector is IAudienceFactory),
            ("resync", connector is IResyncs),
            ("erase", connector is IErasesPeople),
            ("check", connector is IChecks),
        ];
        return [.. abilities.Where(ability => ability.Is).Select(ability => ability.Name)];
    }
}

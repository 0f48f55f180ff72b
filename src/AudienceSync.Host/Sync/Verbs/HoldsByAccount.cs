using System.Globalization;
using AudienceSync.Host.EventStore;
using AudienceSync.Host.Sync.Holds;

namespace AudienceSync.Host.Sync.Verbs;

/// <summary>Adds what is held to each ad account of <c>destinations list</c>.</summary>
internal static class HoldsByAccount
{
    public static async Task<List<DestinationList.Row>> AddAsync(
        List<DestinationList.Row> rows,
        string connectionString,
        CancellationToken cancellationToken
    )
    {
        var held = new Dictionary<string, Held>(StringComparer.Ordinal);
        foreach (var workspace in rows.Select(row => row.Workspace).Distinct(StringComparer.Ordinal))
        {
            await using var database = new WorkspaceDatabase(connectionString, new WorkspaceName(workspace));
            held[workspace] = await new OperatorHolds(database, TimeProvider.System).ReadAsync(cancellationToken);
        }

        return rows.ConvertAll(row => row with { Held = Describe(held[row.Workspace], row.Name) });
    }

    private static List<string> Describe(Held held, string destination) =>
        [
            .. held
                .Pauses.Where(pause => pause.Destination == destination)
                .Select(pause =>
                    string.Create(
                        CultureInfo.InvariantCulture,
                        $"{pause.Remote ?? "all"} paused by {pause.By}, {pause.WaitingRemovals} removals wait"
                    )
                ),
            .. held
                .Plans.Where(plan => plan.Destination == destination)
                .Select(plan =>
                    string.Create(
                        CultureInfo.InvariantCulture,
                        $"plan {plan.Plan} at {plan.Remote}: {plan.Removals} of {plan.Members} to be removed, {plan.State}"
                    )
                ),
        ];
}

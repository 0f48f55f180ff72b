using System.Text.Json;
using System.Text.Json.Serialization;
using AudienceSync.Connectors;
using AudienceSync.Host.Cli;
using AudienceSync.Host.Privacy.Verbs;

namespace AudienceSync.Host.Sync.Verbs;

/// <summary>Prints the findings, and maps them to the exit code.</summary>
internal static class DestinationCheckReport
{
    private static readonly JsonSerializerOptions JsonForm = new(KeyStatusReport.JsonForm)
    {
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.SnakeCaseLower) },
    };

    public static int ExitCodeOf(List<CheckedDestination> checks) =>
        WorstOf(checks) switch
        {
            CheckState.Bad => ExitCodes.Failed,
            CheckState.NotKnown => ExitCodes.NotKnown,
            _ => ExitCodes.Done,
        };

    public static async Task PrintAsync(List<CheckedDestination> checks, TextWriter output, bool json)
    {
        if (json)
        {
            await output.WriteLineAsync(JsonSerializer.Serialize(new { worst = WorstOf(checks), destinations = checks }, JsonForm));
            return;
        }

        string[] head = ["destination", "check", "remote", "state", "code", "advice"];
        TextTable.Print(
            output,
            head,
            checks.SelectMany(check =>
                check.Findings.Select(line =>
                    new[] { $"{check.Workspace}/{check.Name}", line.What, line.Remote ?? "", LabelOf(line.State), line.Code, line.Advice }
                )
            )
        );
    }

    /// <summary>Bad before not known before warning before good.</summary>
    private static CheckState WorstOf(List<CheckedDestination> checks)
    {
        CheckState[] order = [CheckState.Bad, CheckState.NotKnown, CheckState.Warning, CheckState.Good];
        var there = checks.SelectMany(check => check.Findings).Select(line => line.State).ToHashSet();
        return there.Count == 0 ? CheckState.Good : Array.Find(order, there.Contains);
    }

    private static string LabelOf(CheckState state) =>
        state switch
        {
            CheckState.Good => "good",
            CheckState.Warning => "warning",
            CheckState.Bad => "BAD",
            _ => "not known",
        };
}

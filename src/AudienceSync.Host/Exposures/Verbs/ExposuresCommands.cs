using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using AudienceSync.Host.Cli;
using AudienceSync.Host.EventStore;
using AudienceSync.Host.Exposures.Export;

namespace AudienceSync.Host.Exposures.Verbs;

/// <summary><c>exposures</c>: the exposure log, from the database.</summary>
internal static class ExposuresCommands
{
    private static readonly JsonSerializerOptions Form = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    /// <summary>Creates the command.</summary>
    public static Command Create(Func<string, string?> environment)
    {
        var since = new Option<long>("--since") { Description = "Only days with rows behind this position.", DefaultValueFactory = _ => 0 };
        since.Validators.Add(given =>
        {
            if (given.Tokens is [{ Value: var text }] && text.StartsWith('-'))
            {
                given.AddError("--since must be a position, from 0.");
            }
        });
        var format = new Option<string>("--format") { Description = "parquet or ndjson.", DefaultValueFactory = _ => "parquet" };
        format.AcceptOnlyFromAmong([.. ExportFormat.All.Select(one => one.Name)]);
        var to = Arguments.File("--to");
        to.Description = "Folder to write into; it is created.";
        to.Required = true;
        var workspace = Arguments.Workspace();
        var json = new Option<bool>("--json") { Description = "Print one JSON object." };
        var export = new Command(
            "export",
            "Write the exposure log of every day that is over, with spells and links, as files for a warehouse. Days that are there are "
                + "skipped; run it again after it was interrupted.\n\nExample: audiencesync exposures export --to /data/exposures"
        )
        {
            since,
            format,
            to,
            workspace,
            json,
        };
        export.SetAction(
            (parsed, cancellationToken) =>
                DatabaseVerb.RunAsync(
                    parsed,
                    environment,
                    async connection =>
                    {
                        var name = new WorkspaceName(parsed.GetValue(workspace)!);
                        await using var database = new WorkspaceDatabase(connection, name);
                        var form = ExportFormat.All.Single(one => one.Name == parsed.GetValue(format));
                        var folder = new ExportFolder(parsed.GetValue(to)!.FullName);
                        var run = new ExposureExport(new ExposureTableQueries(database), folder, name.Value, form);
                        var result = await run.RunAsync(parsed.GetValue(since), cancellationToken);
                        await parsed.InvocationConfiguration.Output.WriteLineAsync(
                            parsed.GetValue(json) ? JsonSerializer.Serialize(result, Form) : Text(result)
                        );
                        return ExitCodes.Done;
                    },
                    cancellationToken
                )
        );
        return new Command("exposures", "Export the exposure log.") { export };
    }

    private static string Text(ExportResult result) =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"{result.Days} days, {result.Files} files, {result.Rows:N0} rows; up to position {result.Position}."
        );
}

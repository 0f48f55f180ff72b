using System.CommandLine;
using System.Text.Json;
using AudienceSync.Host.Audiences;
using AudienceSync.Host.Cli;
using AudienceSync.Host.EventStore;
using AudienceSync.Host.Privacy.Verbs;
using AudienceSync.Host.Projection.Rebuilding;
using Spectre.Console;

namespace AudienceSync.Host.Projection.Verbs;

/// <summary>Runs a rebuild with its progress on standard error and its result on standard output.</summary>
internal sealed class RebuildRun : IAsyncDisposable
{
    private readonly GenerationSchemaStore _database;
    private readonly AudienceKeys _keys;
    private readonly InvocationConfiguration _console;
    private readonly string _owner = $"{Environment.MachineName}/{Environment.ProcessId}/rebuild/{Guid.NewGuid():N}";

    private RebuildRun(GenerationSchemaStore database, AudienceKeys keys, InvocationConfiguration console) =>
        (_database, _keys, _console) = (database, keys, console);

    public static async Task<RebuildRun> OpenAsync(
        string connectionString,
        WorkspaceName workspace,
        InvocationConfiguration console,
        CancellationToken cancellationToken
    )
    {
        var database = new GenerationSchemaStore(connectionString, workspace);
        return new RebuildRun(database, await new AudienceKeyStore(database.Live).OpenAsync(cancellationToken), console);
    }

    public Task<int> RebuildAsync(string? audienceKey, bool json, CancellationToken cancellationToken) =>
        RunAsync(rebuild => rebuild.RunAsync(ProjectionsCommands.KeyOf(_keys, audienceKey), cancellationToken), json);

    public Task<int> UndoAsync(bool json, CancellationToken cancellationToken) =>
        RunAsync(rebuild => rebuild.UndoAsync(cancellationToken), json);

    public async Task<int> StatusAsync(bool json, CancellationToken cancellationToken)
    {
        var table = new GenerationStore(_database);
        var last = await table.LastAsync(cancellationToken);
        var former = await table.HasFormerAsync(cancellationToken);
        if (json)
        {
            await _console.Output.WriteLineAsync(JsonSerializer.Serialize(new { last, former }, KeyStatusReport.JsonForm));
            return ExitCodes.Done;
        }

        await _console.Output.WriteLineAsync(
            last is null
                ? "Never rebuilt."
                : $"Generation {last.Number} ({last.Kind}): {last.Phase}, {last.Position} of {last.Head} events, {last.Rows} rows, "
                    + $"{last.Rechecked} rechecked; drift {last.Drift}. "
                    + (former ? "The former generation is kept; projections undo restores it." : "No former generation is kept.")
        );
        return ExitCodes.Done;
    }

    public ValueTask DisposeAsync() => _database.DisposeAsync();

    private async Task<int> RunAsync(Func<Rebuild, Task<RebuildResult>> work, bool json)
    {
        var error = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(_console.Error) });
        var result = await error
            .Progress()
            .Columns(new TaskDescriptionColumn(), new ProgressBarColumn(), new PercentageColumn(), new RemainingTimeColumn())
            .StartAsync(async progress =>
            {
                var shown = progress.AddTask("membership");
                return await work(new Rebuild(_database, _keys, TimeProvider.System, _owner) { Progress = now => Show(shown, now) });
            });
        await _console.Output.WriteLineAsync(json ? JsonSerializer.Serialize(result, KeyStatusReport.JsonForm) : Text(result));
        return ExitCodes.Done;
    }

    private static void Show(ProgressTask shown, RebuildProgress now)
    {
        shown.MaxValue = Math.Max(1, now.Of);
        shown.Value = now.Events;
        var rate = now.Phase == "reading" && shown.Speed is { } speed ? $", {speed:N0}/s" : "";
        shown.Description = $"{now.Phase} {now.Events:N0} events{rate}";
    }

    private static string Text(RebuildResult result) =>
        $"Generation {result.Generation} is live after {result.Seconds:N1} s: {result.Events:N0} events, {result.Rows:N0} rows, "
        + $"{result.Drift.Different:N0} differed {result.Drift.ToJson()}, {result.Rechecked:N0} to recheck. "
        + "projections undo restores the former one.";
}

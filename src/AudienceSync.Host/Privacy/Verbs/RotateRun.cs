using System.CommandLine;
using System.Text.Json;
using AudienceSync.Host.Cli;
using AudienceSync.Host.EventStore;
using AudienceSync.Host.EventStore.Leases;
using AudienceSync.Host.Privacy.Keys;
using Spectre.Console;

namespace AudienceSync.Host.Privacy.Verbs;

/// <summary>
/// <c>keys rotate</c>: rotates every workspace to completion, in this process. Where a Host is already rotating, this waits for it and
/// shows its progress. The result is on standard output, the progress on standard error.
/// </summary>
internal sealed class RotateRun(string connectionString, MasterKeys keys, InvocationConfiguration console, TimeProvider clock)
{
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(500);

    private readonly string _owner = $"{Environment.MachineName}/{Environment.ProcessId}/keys-rotate/{Guid.NewGuid():N}";

    /// <summary>
    /// One workspace's outcome. <paramref name="Left"/> are rows of the vault and secrets that are still under an older version.
    /// </summary>
    internal sealed record Outcome(string Workspace, short Version, int Passes, long Resealed, long Unreadable, long Left);

    public async Task<int> RunAsync(bool json, CancellationToken cancellationToken)
    {
        await new MasterKeyCheck(connectionString, keys).RunAsync(cancellationToken);
        var outcomes = new List<Outcome>();
        var error = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(console.Error) });
        await error
            .Progress()
            .StartAsync(async progress =>
            {
                foreach (var workspace in await new MasterKeyStore(connectionString).ReadWorkspacesAsync(cancellationToken))
                {
                    await using var database = new WorkspaceDatabase(connectionString, workspace);
                    outcomes.Add(await RotateAsync(database, progress.AddTask(workspace.Value), cancellationToken));
                }
            });
        await PrintAsync(outcomes, json);
        return outcomes.TrueForAll(outcome => outcome.Left == 0) ? ExitCodes.Done : ExitCodes.Failed;
    }

    private async Task<Outcome> RotateAsync(WorkspaceDatabase database, ProgressTask shown, CancellationToken cancellationToken)
    {
        var rows = new SealedRowStore(database);
        var rotation = new KeyRotation(
            new RotationStore(database),
            new SecretStore(database),
            new LeaseStore(database, _owner, LeaseStore.CommandTime),
            new Vault(keys),
            keys
        );
        shown.MaxValue = Math.Max(
            1,
            (await rows.CountAsync(cancellationToken)).Where(count => count.Kind == SealedKinds.Vault).Sum(count => count.Rows)
        );
        var end = await RunAsync(rotation, shown, cancellationToken);
        shown.Value = shown.MaxValue;
        shown.StopTask();
        var left = (await rows.CountAsync(cancellationToken))
            .Where(count => SealedKinds.Rotates(count.Kind) && count.KeyVersion < keys.Current.Version)
            .Sum(count => count.Rows);
        return new Outcome(database.Workspace.Value, end.ToVersion, end.Passes, end.Resealed, end.Unreadable, left);
    }

    private async Task<RotationProgress> RunAsync(KeyRotation rotation, ProgressTask shown, CancellationToken cancellationToken)
    {
        while (true)
        {
            if (await rotation.TryClaimAsync(cancellationToken) is not { } lease)
            {
                shown.Value = (await rotation.ReadAsync(cancellationToken))?.Seen ?? 0;
                await Task.Delay(PollInterval, clock, cancellationToken);
                continue;
            }

            try
            {
                return await rotation.RunAsync(
                    lease,
                    progress =>
                    {
                        shown.Value = progress.Seen;
                        return Task.CompletedTask;
                    },
                    cancellationToken
                );
            }
            catch (LeaseLostException)
            {
                // A Host took the lease while this process was stalled: the next poll shows its progress.
                shown.Description = $"{shown.Description} (elsewhere)";
            }
            finally
            {
                await rotation.ReleaseAsync(lease);
            }
        }
    }

    private async Task PrintAsync(List<Outcome> outcomes, bool json)
    {
        if (json)
        {
            await console.Output.WriteLineAsync(JsonSerializer.Serialize(outcomes, KeyStatusReport.JsonForm));
            return;
        }

        foreach (var outcome in outcomes)
        {
            await console.Output.WriteLineAsync(
                $"{outcome.Workspace}: {outcome.Resealed} rows sealed under version {outcome.Version}, "
                    + $"{outcome.Left} left under older ones, {outcome.Unreadable} unreadable."
            );
        }
    }
}
